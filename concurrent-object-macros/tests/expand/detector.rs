//! All ways to pass an argument and to return a result, and the attributes that are carried over.

pub struct Detector {
    threshold: f32,
    labels: Vec<String>,
}

#[concurrent_object(
    proxy = RemoteDetector,
    output_derive(Debug, Clone),
    block_on = runtime::run,
    constructor = fn default() -> Self,
)]
impl Detector {
    /// Loads the model.
    pub fn new(model: &Path, threshold: f32) -> Result<Self, LoadError> {
        Self::load(model, threshold)
    }

    /// Opens a model by its number.
    #[cfg(feature = "numbers")]
    pub fn open(id: u32) -> Option<Self> {
        numbers::open(id)
    }

    /// Finds what is in a picture.
    ///
    /// Takes longer for larger pictures.
    pub fn detect(&mut self, frame: &[u8], size: (u32, u32)) -> Vec<Detection> {
        detect(frame, size, self.threshold)
    }

    /// The label of one thing, or of all.
    #[must_use]
    pub(crate) fn label(&self, of: Option<&Key>, default: Option<&str>) -> &str {
        label(of, default)
    }

    /// Which of `words` is known.
    #[deprecated = "use `label`"]
    pub fn known<'w>(&self, words: &[&'w str], exact: &Exactness) -> Option<&'w str> {
        known(words, exact)
    }

    /// Forgets everything.
    #[cfg(not(feature = "frozen"))]
    pub fn reset(&mut self) {
        self.labels.clear();
    }

    /// Sets the threshold.
    #[concurrent_object(rename = with_threshold)]
    pub fn set(&mut self, mut threshold: f32) -> &mut Self {
        threshold = threshold.abs();
        self.threshold = threshold;
        self
    }

    /// Marks what was found in the picture itself.
    pub fn mark(&self, frame: &mut [u8], found: &mut Vec<Detection>) -> usize {
        mark(frame, found)
    }

    /// All labels.
    pub fn labels(&self) -> impl Iterator<Item = &str> {
        self.labels.iter().map(|label| &**label)
    }

    /// Stores the model.
    #[concurrent_object(error = "text", timeout = "2s 500ms", with(P = PathBuf))]
    pub async fn store<P: AsRef<Path>>(&mut self, path: P) -> io::Result<()> {
        store(path.as_ref()).await
    }

    /// Ends it, and gives the model back.
    pub fn into_model(self) -> Result<Model, ModelError> {
        Model::of(self)
    }

    /// Watches for ever.
    pub fn watch(&self) -> ! {
        watch(self.threshold)
    }

    /// Stays in the child.
    #[concurrent_object(skip)]
    pub fn raw(&self) -> *const f32 {
        &raw const self.threshold
    }

    fn load(model: &Path, threshold: f32) -> Result<Self, LoadError> {
        load(model, threshold)
    }
}
