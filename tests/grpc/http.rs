//! A caller over HTTP, as a browser or curl is one.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, Request, request};
use http_body_util::{BodyExt, Full};
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::Value;
use tokio::net::TcpStream;

use crate::support::Service;

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("no JSON: {}", String::from_utf8_lossy(&self.body)))
    }

    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.map_or("", |value| value.to_str().unwrap())
    }

    /// Checks status and code, and that the body is a problem and a status of gRPC in one.
    #[track_caller]
    pub fn check_problem(&self, status: u16, code: i32) -> Value {
        let body = self.json();
        let named = (self.status, self.header("content-type"));
        assert_eq!(named, (status, "application/problem+json"), "{body}");
        assert_eq!(
            (&body["status"], &body["code"]),
            (&status.into(), &code.into()),
            "{body}"
        );
        assert_eq!(body["detail"], body["message"]);
        assert_eq!(body["type"], "about:blank");
        assert!(
            body["title"].is_string() && body["details"].is_array(),
            "{body}"
        );
        body
    }
}

/// A request to a path.
pub fn to(verb: &str, path: &str) -> request::Builder {
    Request::builder()
        .method(verb)
        .uri(path)
        .header("host", "localhost")
}

/// The same with a body in JSON.
pub fn json(verb: &str, path: &str, body: &Value) -> Request<Full<Bytes>> {
    to(verb, path)
        .header(CONTENT_TYPE, "application/json")
        .body(Full::from(body.to_string()))
        .unwrap()
}

/// Sends a request over HTTP/1.1.
pub async fn send(service: &Service, request: Request<Full<Bytes>>) -> Answer {
    let stream = TcpStream::connect(service.running.grpc).await.unwrap();
    let (mut send, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .unwrap();
    tokio::spawn(connection);
    read(send.send_request(request).await.unwrap()).await
}

/// Sends a request over HTTP/2 without asking first whether it is spoken.
pub async fn send_h2(service: &Service, mut request: Request<Full<Bytes>>) -> Answer {
    let stream = TcpStream::connect(service.running.grpc).await.unwrap();
    let handshake =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream));
    let (mut send, connection) = handshake.await.unwrap();
    tokio::spawn(connection);
    let path = request.uri().path_and_query().unwrap().clone();
    *request.uri_mut() = format!("http://localhost{path}").parse().unwrap();
    request.headers_mut().remove("host");
    read(send.send_request(request).await.unwrap()).await
}

pub async fn read(response: http::Response<hyper::body::Incoming>) -> Answer {
    let (head, body) = response.into_parts();
    Answer {
        status: head.status.as_u16(),
        headers: head.headers,
        body: body.collect().await.unwrap().to_bytes(),
    }
}

pub async fn get(service: &Service, path: &str) -> Answer {
    send(service, to("GET", path).body(Full::default()).unwrap()).await
}

pub async fn post(service: &Service, path: &str, body: &Value) -> Answer {
    send(service, json("POST", path, body)).await
}
