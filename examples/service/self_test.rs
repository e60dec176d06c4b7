//! A client that sends requests of all kinds to the service, and counts the answers.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use axum::body::Body;
use axum::http::StatusCode;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustix::process::{Signal, getpid, kill_process};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::Service;

/// Sends the requests, then has the service end itself.
pub(crate) async fn run(address: SocketAddr, service: &Service) -> Result<()> {
    let client = TestClient { http: Client::builder(TokioExecutor::new()).build_http(), address };

    let pages = (0..20).map(|number| format!("page-{number}"));
    let answers = client.get_all(pages.chain(["crash".into(), "endless".into()])).await?;
    let count = |status| answers.iter().filter(|&&answer| answer == status).count();
    let (served, crashed) = (count(StatusCode::OK), count(StatusCode::INTERNAL_SERVER_ERROR));
    let slow = count(StatusCode::GATEWAY_TIMEOUT);

    let freed = usize::from(client.disconnect_from_endless(service).await?);

    let answers = client.get_all((0..3 * service.admission.available_permits()).map(|_| "page".into())).await?;
    ensure!(answers.contains(&StatusCode::SERVICE_UNAVAILABLE), "nothing was refused");

    let last = tokio::spawn(client.clone().get("last".into()));
    while service.pool.statistics().outstanding == 0 && !last.is_finished() {
        sleep(Duration::from_millis(1)).await;
    }
    kill_process(getpid(), Signal::TERM).context("the signal was not sent")?;
    let at_end = usize::from(last.await?? == StatusCode::OK);

    println!(
        "served: {served}, crashed: {crashed}, too slow: {slow}, freed by a client that left: {freed}, served while \
         ending: {at_end}"
    );
    Ok(())
}

#[derive(Clone)]
struct TestClient {
    http: Client<HttpConnector, Body>,
    address: SocketAddr,
}

impl TestClient {
    async fn get(self, page: String) -> Result<StatusCode> {
        let address = format!("http://{}/render/{page}", self.address).parse()?;
        let answer = self.http.get(address).await.with_context(|| format!("no answer for {page}"))?;
        Ok(answer.status())
    }

    /// Requests all pages at the same time.
    async fn get_all(&self, pages: impl IntoIterator<Item = String>) -> Result<Vec<StatusCode>> {
        let mut requests = JoinSet::new();
        for page in pages {
            requests.spawn(self.clone().get(page));
        }
        requests.join_all().await.into_iter().collect()
    }

    /// Requests a page that is never done, and disconnects. Returns whether the object is free
    /// before the time limit of the request would have freed it.
    async fn disconnect_from_endless(&self, service: &Service) -> Result<bool> {
        let begin = Instant::now();
        let answer = timeout(service.time_limit / 10, self.clone().get("endless".into())).await;
        ensure!(answer.is_err(), "the page is never done, so there is no answer");
        while service.pool.statistics().outstanding > 0 && begin.elapsed() < service.time_limit {
            sleep(Duration::from_millis(1)).await;
        }
        Ok(begin.elapsed() < service.time_limit)
    }
}
