//! What comes in as bytes: too many, broken, or for a method that does not exist.

use std::marker::PhantomData;

use prost::bytes::{Buf, BufMut};
use skillgap::api::wire::ExtractDemandRequest;
use tonic::client::Grpc;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::{Code, Request, Status};

use crate::support::{Service, violations};

/// Sends bytes as they are.
#[derive(Default)]
struct Raw(PhantomData<()>);

impl Codec for Raw {
    type Encode = Vec<u8>;
    type Decode = Vec<u8>;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self::default()
    }

    fn decoder(&mut self) -> Self {
        Self::default()
    }
}

impl Encoder for Raw {
    type Item = Vec<u8>;
    type Error = Status;

    fn encode(&mut self, bytes: Vec<u8>, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put_slice(&bytes);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = Vec<u8>;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Vec<u8>>, Status> {
        Ok(Some(buffer.copy_to_bytes(buffer.remaining()).to_vec()))
    }
}

async fn send(service: &Service, method: &'static str, bytes: &[u8]) -> Result<Vec<u8>, Status> {
    let mut client = Grpc::new(service.channel.clone());
    client.ready().await.unwrap();
    client
        .unary(
            Request::new(bytes.to_vec()),
            http::uri::PathAndQuery::from_static(method),
            Raw::default(),
        )
        .await
        .map(|answer| answer.into_inner())
}

const EXTRACT: &str = "/skillgap.v1.MatchingService/ExtractDemand";

#[tokio::test]
async fn text_that_is_no_utf8_is_an_invalid_argument() {
    let service = Service::start().await;
    let answer = send(&service, EXTRACT, &[0x0a, 4, b'a', 0xff, 0xfe, b'b']).await;
    let named = violations(answer);
    assert!(
        named[0].starts_with("message: ") && named[0].contains("ExtractDemandRequest.ad"),
        "{named:?}"
    );
}

#[tokio::test]
async fn bytes_that_are_no_message_are_an_invalid_argument() {
    let service = Service::start().await;
    for bytes in [&[0x0a, 0xff, 0xff][..], &[0xff; 32], &[0x0a, 9, b'a']] {
        assert_eq!(violations(send(&service, EXTRACT, bytes).await).len(), 1);
    }
}

#[tokio::test]
async fn fields_that_the_contract_does_not_have_are_skipped() {
    let service = Service::start().await;
    let message = [&[0xfa, 0x7f, 3][..], b"new", &[0x0a, 3], b"zzz"].concat();
    assert!(send(&service, EXTRACT, &message).await.is_ok());
}

#[tokio::test]
async fn a_message_above_1_mib_is_resource_exhausted() {
    let service = Service::start().await;
    for bytes in [(1 << 20) + 1, 10 << 20] {
        let status = service
            .matching()
            .extract_demand(ExtractDemandRequest {
                ad: "x".repeat(bytes),
                ..Default::default()
            })
            .await
            .unwrap_err();
        assert_eq!(
            status.code(),
            Code::ResourceExhausted,
            "{bytes}: {status:?}"
        );
    }
    service
        .until_metric(
            &format!(
                "skillgap_requests_total{{method=\"{}\",scope=\"read\",code=\"resource_exhausted\"}}",
                &EXTRACT[1..]
            ),
            2.0,
        )
        .await;
    assert!(
        service
            .matching()
            .extract_demand(ExtractDemandRequest {
                ad: "x".to_owned(),
                ..Default::default()
            })
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn a_method_that_does_not_exist_is_unimplemented() {
    let service = Service::start().await;
    for method in [
        "/skillgap.v1.MatchingService/Guess",
        "/skillgap.v9.Nothing/Here",
    ] {
        assert_eq!(
            send(&service, method, &[]).await.unwrap_err().code(),
            Code::Unimplemented
        );
    }
    assert_eq!(
        service.metric(
            "skillgap_requests_total{method=\"other\",scope=\"other\",code=\"unimplemented\"}"
        ),
        2.0
    );
}
