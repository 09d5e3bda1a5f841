//! What is the least that a client in Rust must do? Connect, send an ad, print the credentials that close the gap.
//!
//! ```text
//! cargo run --release -- serve &
//! cargo run --release --example client
//! ```
//! The messages are generated from `proto/skillgap/v1`; another project compiles the same files with tonic-prost-build.

use skillgap::rpc::wire::RecommendRequest;
use skillgap::rpc::wire::matching_service_client::MatchingServiceClient;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "http://127.0.0.1:50051".to_owned());
    let mut matching = MatchingServiceClient::connect(address).await?;
    let ad = include_str!("../index/starter/demo/ad.txt").to_owned();
    let request = RecommendRequest {
        ad,
        top_k: 3,
        ..RecommendRequest::default()
    };
    let answer = matching.recommend_credentials(request).await?.into_inner();
    let mut lines = String::new();
    for gap in &answer.gap {
        lines += &format!("{:8} {}\n", gap.state, gap.label);
    }
    for one in &answer.recommendations {
        lines += &format!(
            "{:.2} {} ({})\n     {}\n",
            one.score,
            one.title,
            one.credential_id,
            one.reasons.join("\n     ")
        );
    }
    std::io::Write::write_all(&mut std::io::stdout(), lines.as_bytes())?;
    Ok(())
}
