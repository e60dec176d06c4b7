//! An HTTP service in front of a pool. A request that crashes its process or takes too long costs
//! only itself, and a client that disconnects frees its object.
//!
//! Run it: `cargo run --release --example service`, then `curl -i localhost:8080/render/hello`. Try
//! the pages `crash` and `endless` too. Or let it try itself: `-- --self-test`.

mod renderer;
mod self_test;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::get;
use clap::Parser;
use concurrent_object::{CallError, Pool};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Semaphore;

use crate::renderer::RendererProxy;

/// Renders pages in a pool of child processes, for HTTP clients.
#[derive(Parser)]
#[command(name = "service")]
struct Arguments {
    /// Where to listen
    #[arg(long, default_value = "127.0.0.1:8080")]
    address: String,
    /// How many child processes there are at a time; 0: as many as there are cores
    #[arg(long, default_value_t = 4)]
    members: usize,
    /// How many requests may run and wait. Others are refused at once
    #[arg(long, default_value_t = 32)]
    limit: usize,
    /// How long a page may take, in milliseconds, from when its method starts
    #[arg(long, default_value_t = 2000, value_name = "MILLISECONDS")]
    time_limit: u64,
    /// Listen on a free port instead, send requests of all kinds there, and end
    #[arg(long)]
    self_test: bool,
}

struct Service {
    pool: Pool<RendererProxy>,
    /// A permit for each request that may run or wait.
    admission: Semaphore,
    time_limit: Duration,
}

fn main() -> Result<()> {
    // A child does not return from here, so it starts no runtime.
    concurrent_object::init();
    let arguments = Arguments::parse();
    let service = Arc::new(Service {
        pool: Pool::new(arguments.members, renderer::start)?,
        admission: Semaphore::new(arguments.limit),
        time_limit: Duration::from_millis(arguments.time_limit),
    });
    Runtime::new()?.block_on(serve(&service, &arguments))?;
    // This blocks, so it is no longer in a task.
    service.pool.close().context("the pool did not end in order")
}

/// Serves until a signal asks for the end, and all requests that have begun are answered.
async fn serve(service: &Arc<Service>, arguments: &Arguments) -> Result<()> {
    let address = if arguments.self_test { "127.0.0.1:0" } else { &arguments.address };
    let listener = TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))?;
    let address = listener.local_addr()?;
    println!("listens on http://{address}/render/PAGE");
    let routes = Router::new().route("/render/{page}", get(render)).with_state(service.clone());
    let server = axum::serve(listener, routes).with_graceful_shutdown(stop_requested()?);
    let server = async { server.await.context("the server failed") };
    if arguments.self_test {
        tokio::try_join!(server, self_test::run(address, service)).map(drop)
    } else {
        server.await
    }
}

/// Ends on Ctrl-C and on SIGTERM.
fn stop_requested() -> io::Result<impl Future<Output = ()>> {
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        println!("accepts no more requests, and answers those that it has");
    })
}

async fn render(State(service): State<Arc<Service>>, Path(page): Path<String>) -> Result<String, (StatusCode, String)> {
    let Ok(_permit) = service.admission.try_acquire() else {
        return Err((StatusCode::SERVICE_UNAVAILABLE, "too many requests wait: try again later\n".into()));
    };
    // If the client disconnects, this future is dropped, and the call with it.
    let call = service.pool.call(|renderer| renderer.render(&page)).with_timeout(service.time_limit).cancel_on_drop();
    call.await.map_err(|error| (status_of(&error), format!("{error}\n")))
}

fn status_of(error: &CallError) -> StatusCode {
    match error {
        CallError::TimedOut { .. } => StatusCode::GATEWAY_TIMEOUT,
        // The pool is being closed.
        CallError::Ended { .. } => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
