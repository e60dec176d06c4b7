//! `petgraph` 0.8.3, `Graph`.
//! The indices, the kinds of edges, the iterators that borrow and the error stand in.
//! Constructor: `fn with_capacity(nodes: usize, edges: usize) -> Self`.

use std::error::Error;
use std::fmt;
use std::hash::Hash;
use std::marker::PhantomData;
use std::ops::{Index, IndexMut, Range};
use std::slice;

use concurrent_object::concurrent_object;
use serde::{Deserialize, Serialize};

pub type DefaultIx = u32;

pub unsafe trait IndexType: Copy + Default + Hash + Ord + fmt::Debug + 'static {
    fn new(x: usize) -> Self;
    fn index(&self) -> usize;
    fn max() -> Self;
}

// SAFETY: `index` returns the value that `new` was given, and no index is above `max`.
unsafe impl IndexType for u32 {
    fn new(x: usize) -> Self {
        x as u32
    }

    fn index(&self) -> usize {
        *self as usize
    }

    fn max() -> Self {
        Self::MAX
    }
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum Directed {}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum Undirected {}

pub trait EdgeType {
    fn is_directed() -> bool;
}

impl EdgeType for Directed {
    fn is_directed() -> bool {
        true
    }
}

impl EdgeType for Undirected {
    fn is_directed() -> bool {
        false
    }
}

#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Ord, Eq, Hash, Serialize, Deserialize)]
pub enum Direction {
    Outgoing = 0,
    Incoming = 1,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, PartialOrd, Eq, Ord, Hash, Serialize, Deserialize)]
pub struct NodeIndex<Ix = DefaultIx>(Ix);

#[derive(Copy, Clone, Debug, Default, PartialEq, PartialOrd, Eq, Ord, Hash, Serialize, Deserialize)]
pub struct EdgeIndex<Ix = DefaultIx>(Ix);

pub trait GraphIndex: Copy {
    fn index(&self) -> usize;
}

impl<Ix: IndexType> GraphIndex for NodeIndex<Ix> {
    fn index(&self) -> usize {
        self.0.index()
    }
}

impl<Ix: IndexType> GraphIndex for EdgeIndex<Ix> {
    fn index(&self) -> usize {
        self.0.index()
    }
}

pub trait IntoWeightedEdge<E> {
    type NodeId;
    fn into_weighted_edge(self) -> (Self::NodeId, Self::NodeId, E);
}

impl<Ix, E> IntoWeightedEdge<E> for (Ix, Ix, E) {
    type NodeId = Ix;

    fn into_weighted_edge(self) -> (Ix, Ix, E) {
        self
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GraphError {
    NodeIxLimit,
    EdgeIxLimit,
    NodeOutBounds,
}

impl fmt::Display for GraphError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no room")
    }
}

impl Error for GraphError {}

#[derive(Clone, Debug)]
pub struct Node<N, Ix = DefaultIx> {
    pub weight: N,
    next: [EdgeIndex<Ix>; 2],
}

#[derive(Clone, Debug)]
pub struct Edge<E, Ix = DefaultIx> {
    pub weight: E,
    next: [EdgeIndex<Ix>; 2],
    node: [NodeIndex<Ix>; 2],
}

#[derive(Clone, Debug)]
pub struct Neighbors<'a, E: 'a, Ix: 'a = DefaultIx>(&'a [Edge<E, Ix>]);

#[derive(Clone, Debug)]
pub struct Edges<'a, E: 'a, Ty: EdgeType, Ix: 'a + IndexType = DefaultIx>(&'a [Edge<E, Ix>], PhantomData<Ty>);

#[derive(Clone, Debug)]
pub struct EdgesConnecting<'a, E: 'a, Ty: EdgeType, Ix: 'a + IndexType = DefaultIx>(Edges<'a, E, Ty, Ix>);

#[derive(Clone, Debug)]
pub struct Externals<'a, N: 'a, Ty, Ix: IndexType = DefaultIx>(slice::Iter<'a, Node<N, Ix>>, PhantomData<Ty>);

#[derive(Clone, Debug)]
pub struct NodeIndices<Ix = DefaultIx>(Range<usize>, PhantomData<fn() -> Ix>);

#[derive(Clone, Debug)]
pub struct EdgeIndices<Ix = DefaultIx>(Range<usize>, PhantomData<fn() -> Ix>);

pub struct NodeWeights<'a, N: 'a, Ix: IndexType = DefaultIx>(slice::Iter<'a, Node<N, Ix>>);

#[derive(Debug)]
pub struct NodeWeightsMut<'a, N: 'a, Ix: IndexType = DefaultIx>(slice::IterMut<'a, Node<N, Ix>>);

#[derive(Clone, Debug)]
pub struct EdgeReferences<'a, E: 'a, Ix: IndexType = DefaultIx>(slice::Iter<'a, Edge<E, Ix>>);

pub struct EdgeWeights<'a, E: 'a, Ix: IndexType = DefaultIx>(slice::Iter<'a, Edge<E, Ix>>);

#[derive(Debug)]
pub struct EdgeWeightsMut<'a, E: 'a, Ix: IndexType = DefaultIx>(slice::IterMut<'a, Edge<E, Ix>>);

impl<'a, E, Ix: IndexType> Iterator for Neighbors<'a, E, Ix> {
    type Item = NodeIndex<Ix>;

    fn next(&mut self) -> Option<Self::Item> {
        unimplemented!()
    }
}

impl<'a, N, Ty, Ix: IndexType> Iterator for Externals<'a, N, Ty, Ix> {
    type Item = NodeIndex<Ix>;

    fn next(&mut self) -> Option<Self::Item> {
        unimplemented!()
    }
}

impl<'a, N, Ix: IndexType> Iterator for NodeWeights<'a, N, Ix> {
    type Item = &'a N;

    fn next(&mut self) -> Option<Self::Item> {
        unimplemented!()
    }
}

impl<'a, E, Ix: IndexType> Iterator for EdgeWeights<'a, E, Ix> {
    type Item = &'a E;

    fn next(&mut self) -> Option<Self::Item> {
        unimplemented!()
    }
}

pub struct Frozen<'a, G: 'a>(&'a mut G);

#[derive(Clone, Serialize, Deserialize)]
pub struct Graph<N, E, Ty = Directed, Ix = DefaultIx> {
    nodes: Vec<N>,
    edges: Vec<E>,
    ty: PhantomData<(Ty, Ix)>,
}

impl<N, E, Ty: EdgeType, Ix: IndexType> Index<NodeIndex<Ix>> for Graph<N, E, Ty, Ix> {
    type Output = N;

    fn index(&self, index: NodeIndex<Ix>) -> &N {
        &self.nodes[GraphIndex::index(&index)]
    }
}

impl<N, E, Ty: EdgeType, Ix: IndexType> IndexMut<NodeIndex<Ix>> for Graph<N, E, Ty, Ix> {
    fn index_mut(&mut self, index: NodeIndex<Ix>) -> &mut N {
        &mut self.nodes[GraphIndex::index(&index)]
    }
}

impl<N, E, Ty: EdgeType, Ix: IndexType> Index<EdgeIndex<Ix>> for Graph<N, E, Ty, Ix> {
    type Output = E;

    fn index(&self, index: EdgeIndex<Ix>) -> &E {
        &self.edges[GraphIndex::index(&index)]
    }
}

impl<N, E, Ty: EdgeType, Ix: IndexType> IndexMut<EdgeIndex<Ix>> for Graph<N, E, Ty, Ix> {
    fn index_mut(&mut self, index: EdgeIndex<Ix>) -> &mut E {
        &mut self.edges[GraphIndex::index(&index)]
    }
}

impl<N, E, Ty, Ix> Graph<N, E, Ty, Ix> {
    pub fn with_capacity(nodes: usize, edges: usize) -> Self {
        unimplemented!()
    }
}

#[concurrent_object]
impl<N, E, Ty, Ix> Graph<N, E, Ty, Ix>
where
    Ty: EdgeType,
    Ix: IndexType,
{
    pub fn node_count(&self) -> usize {
        unimplemented!()
    }

    pub fn edge_count(&self) -> usize {
        unimplemented!()
    }

    pub fn is_directed(&self) -> bool {
        unimplemented!()
    }

    pub fn add_node(&mut self, weight: N) -> NodeIndex<Ix> {
        unimplemented!()
    }

    pub fn try_add_node(&mut self, weight: N) -> Result<NodeIndex<Ix>, GraphError> {
        unimplemented!()
    }

    pub fn node_weight(&self, a: NodeIndex<Ix>) -> Option<&N> {
        unimplemented!()
    }

    pub fn node_weight_mut(&mut self, a: NodeIndex<Ix>) -> Option<&mut N> {
        unimplemented!()
    }

    pub fn add_edge(&mut self, a: NodeIndex<Ix>, b: NodeIndex<Ix>, weight: E) -> EdgeIndex<Ix> {
        unimplemented!()
    }

    pub fn try_add_edge(&mut self, a: NodeIndex<Ix>, b: NodeIndex<Ix>, weight: E) -> Result<EdgeIndex<Ix>, GraphError> {
        unimplemented!()
    }

    pub fn update_edge(&mut self, a: NodeIndex<Ix>, b: NodeIndex<Ix>, weight: E) -> EdgeIndex<Ix> {
        unimplemented!()
    }

    pub fn try_update_edge(
        &mut self,
        a: NodeIndex<Ix>,
        b: NodeIndex<Ix>,
        weight: E,
    ) -> Result<EdgeIndex<Ix>, GraphError> {
        unimplemented!()
    }

    pub fn edge_weight(&self, e: EdgeIndex<Ix>) -> Option<&E> {
        unimplemented!()
    }

    pub fn edge_weight_mut(&mut self, e: EdgeIndex<Ix>) -> Option<&mut E> {
        unimplemented!()
    }

    pub fn edge_endpoints(&self, e: EdgeIndex<Ix>) -> Option<(NodeIndex<Ix>, NodeIndex<Ix>)> {
        unimplemented!()
    }

    pub fn remove_node(&mut self, a: NodeIndex<Ix>) -> Option<N> {
        unimplemented!()
    }

    pub fn remove_edge(&mut self, e: EdgeIndex<Ix>) -> Option<E> {
        unimplemented!()
    }

    pub fn neighbors(&self, a: NodeIndex<Ix>) -> Neighbors<'_, E, Ix> {
        unimplemented!()
    }

    pub fn neighbors_directed(&self, a: NodeIndex<Ix>, dir: Direction) -> Neighbors<'_, E, Ix> {
        unimplemented!()
    }

    pub fn neighbors_undirected(&self, a: NodeIndex<Ix>) -> Neighbors<'_, E, Ix> {
        unimplemented!()
    }

    pub fn edges(&self, a: NodeIndex<Ix>) -> Edges<'_, E, Ty, Ix> {
        unimplemented!()
    }

    pub fn edges_directed(&self, a: NodeIndex<Ix>, dir: Direction) -> Edges<'_, E, Ty, Ix> {
        unimplemented!()
    }

    pub fn edges_connecting(&self, a: NodeIndex<Ix>, b: NodeIndex<Ix>) -> EdgesConnecting<'_, E, Ty, Ix> {
        unimplemented!()
    }

    pub fn contains_edge(&self, a: NodeIndex<Ix>, b: NodeIndex<Ix>) -> bool {
        unimplemented!()
    }

    pub fn find_edge(&self, a: NodeIndex<Ix>, b: NodeIndex<Ix>) -> Option<EdgeIndex<Ix>> {
        unimplemented!()
    }

    pub fn find_edge_undirected(&self, a: NodeIndex<Ix>, b: NodeIndex<Ix>) -> Option<(EdgeIndex<Ix>, Direction)> {
        unimplemented!()
    }

    pub fn externals(&self, dir: Direction) -> Externals<'_, N, Ty, Ix> {
        unimplemented!()
    }

    pub fn node_indices(&self) -> NodeIndices<Ix> {
        unimplemented!()
    }

    pub fn node_weights_mut(&mut self) -> NodeWeightsMut<'_, N, Ix> {
        unimplemented!()
    }

    pub fn node_weights(&self) -> NodeWeights<'_, N, Ix> {
        unimplemented!()
    }

    pub fn edge_indices(&self) -> EdgeIndices<Ix> {
        unimplemented!()
    }

    pub fn edge_references(&self) -> EdgeReferences<'_, E, Ix> {
        unimplemented!()
    }

    pub fn edge_weights(&self) -> EdgeWeights<'_, E, Ix> {
        unimplemented!()
    }

    pub fn edge_weights_mut(&mut self) -> EdgeWeightsMut<'_, E, Ix> {
        unimplemented!()
    }

    pub fn raw_nodes(&self) -> &[Node<N, Ix>] {
        unimplemented!()
    }

    pub fn raw_edges(&self) -> &[Edge<E, Ix>] {
        unimplemented!()
    }

    pub fn into_nodes_edges(self) -> (Vec<Node<N, Ix>>, Vec<Edge<E, Ix>>) {
        unimplemented!()
    }

    pub fn first_edge(&self, a: NodeIndex<Ix>, dir: Direction) -> Option<EdgeIndex<Ix>> {
        unimplemented!()
    }

    pub fn next_edge(&self, e: EdgeIndex<Ix>, dir: Direction) -> Option<EdgeIndex<Ix>> {
        unimplemented!()
    }

    pub fn index_twice_mut<T, U>(
        &mut self,
        i: T,
        j: U,
    ) -> (&mut <Self as Index<T>>::Output, &mut <Self as Index<U>>::Output)
    where
        Self: IndexMut<T> + IndexMut<U>,
        T: GraphIndex,
        U: GraphIndex,
    {
        unimplemented!()
    }

    pub fn reverse(&mut self) {
        unimplemented!()
    }

    pub fn clear(&mut self) {
        unimplemented!()
    }

    pub fn clear_edges(&mut self) {
        unimplemented!()
    }

    pub fn capacity(&self) -> (usize, usize) {
        unimplemented!()
    }

    pub fn reserve_nodes(&mut self, additional: usize) {
        unimplemented!()
    }

    pub fn reserve_edges(&mut self, additional: usize) {
        unimplemented!()
    }

    pub fn reserve_exact_nodes(&mut self, additional: usize) {
        unimplemented!()
    }

    pub fn reserve_exact_edges(&mut self, additional: usize) {
        unimplemented!()
    }

    pub fn shrink_to_fit_nodes(&mut self) {
        unimplemented!()
    }

    pub fn shrink_to_fit_edges(&mut self) {
        unimplemented!()
    }

    pub fn shrink_to_fit(&mut self) {
        unimplemented!()
    }

    pub fn retain_nodes<F>(&mut self, mut visit: F)
    where
        F: FnMut(Frozen<Self>, NodeIndex<Ix>) -> bool,
    {
        unimplemented!()
    }

    pub fn retain_edges<F>(&mut self, mut visit: F)
    where
        F: FnMut(Frozen<Self>, EdgeIndex<Ix>) -> bool,
    {
        unimplemented!()
    }

    pub fn from_edges<I>(iterable: I) -> Self
    where
        I: IntoIterator,
        I::Item: IntoWeightedEdge<E>,
        <I::Item as IntoWeightedEdge<E>>::NodeId: Into<NodeIndex<Ix>>,
        N: Default,
    {
        unimplemented!()
    }

    pub fn extend_with_edges<I>(&mut self, iterable: I)
    where
        I: IntoIterator,
        I::Item: IntoWeightedEdge<E>,
        <I::Item as IntoWeightedEdge<E>>::NodeId: Into<NodeIndex<Ix>>,
        N: Default,
    {
        unimplemented!()
    }

    pub fn map<'a, F, G, N2, E2>(&'a self, mut node_map: F, mut edge_map: G) -> Graph<N2, E2, Ty, Ix>
    where
        F: FnMut(NodeIndex<Ix>, &'a N) -> N2,
        G: FnMut(EdgeIndex<Ix>, &'a E) -> E2,
    {
        unimplemented!()
    }

    pub fn map_owned<F, G, N2, E2>(self, mut node_map: F, mut edge_map: G) -> Graph<N2, E2, Ty, Ix>
    where
        F: FnMut(NodeIndex<Ix>, N) -> N2,
        G: FnMut(EdgeIndex<Ix>, E) -> E2,
    {
        unimplemented!()
    }

    pub fn filter_map<'a, F, G, N2, E2>(&'a self, mut node_map: F, mut edge_map: G) -> Graph<N2, E2, Ty, Ix>
    where
        F: FnMut(NodeIndex<Ix>, &'a N) -> Option<N2>,
        G: FnMut(EdgeIndex<Ix>, &'a E) -> Option<E2>,
    {
        unimplemented!()
    }

    pub fn filter_map_owned<F, G, N2, E2>(self, mut node_map: F, mut edge_map: G) -> Graph<N2, E2, Ty, Ix>
    where
        F: FnMut(NodeIndex<Ix>, N) -> Option<N2>,
        G: FnMut(EdgeIndex<Ix>, E) -> Option<E2>,
    {
        unimplemented!()
    }

    pub fn into_edge_type<NewTy>(self) -> Graph<N, E, NewTy, Ix>
    where
        NewTy: EdgeType,
    {
        unimplemented!()
    }
}
