//! The least that a client in Rust must do: connect, send an ad, print the credentials that close the gap.
//!
//! ```text
//! cargo run --release -- serve &
//! cargo run --release --example client
//! ```
//! The messages are generated from `proto/skillgap/v1`; another project compiles the same files with tonic-prost-build.

use skillgap::api::wire::matching_service_client::MatchingServiceClient;
use skillgap::api::wire::{RecommendCredentialsRequest, Target};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "http://127.0.0.1:50051".to_owned());
    let mut matching = MatchingServiceClient::connect(address).await?;
    let target = Target {
        ad: Some(include_str!("../index/starter/demo/ad.txt").to_owned()),
        ..Target::default()
    };
    let request = RecommendCredentialsRequest {
        target: Some(target),
        top_k: 3,
        ..RecommendCredentialsRequest::default()
    };
    let answer = matching.recommend_credentials(request).await?.into_inner();
    let mut lines = String::new();
    for gap in &answer.gap {
        lines += &format!("{:8?} {}\n", gap.state(), gap.label);
    }
    for one in &answer.recommendations {
        let reasons = one.reasons.join("\n     ");
        lines += &format!(
            "{:.2} {} ({})\n     {reasons}\n",
            one.score, one.title, one.credential_id
        );
    }
    std::io::Write::write_all(&mut std::io::stdout(), lines.as_bytes())?;
    Ok(())
}
