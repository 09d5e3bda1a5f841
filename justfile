# What a contributor runs. `just` alone lists it.

default:
    @just --list

# everything that CI runs
ci:
    bash .ci/run

# the tests of the README
test:
    cargo test --workspace --release --locked

# formatting and lints
lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets --release --locked -- -D warnings

# the figures of docs/measured.md; wants ../shared/data
bench:
    cargo bench --locked

# the whole job on starter data
demo:
    cargo run --release --locked -- demo
