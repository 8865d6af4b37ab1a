# syntax=docker/dockerfile:1

# --- Build: Rust, and Node.js for the interface -------------------------------------------------
FROM node:22-bookworm-slim AS node

FROM rust:1.95-bookworm AS build
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=node /usr/local/lib/node_modules /usr/local/lib/node_modules
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/root/.npm \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --bin ondo \
    && install -D target/release/ondo /out/ondo

# --- Run: the program and certificates, nothing else --------------------------------------------
FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates curl \
    && rm -rf /var/lib/apt/lists/* \
    && install -d -o nobody -g nogroup -m 0700 /data
COPY --from=build /out/ondo /usr/local/bin/ondo

# There is no PostgreSQL in here: DATABASE_URL must name one.
ENV ONDO_DATA_DIR=/data \
    ONDO_ADDRESS=0.0.0.0 \
    ONDO_LOG_FORMAT=json
USER nobody
VOLUME /data
EXPOSE 8080
# Answers while the database is away, too: restarting Ondo would not bring that back.
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
    CMD ["curl", "--fail", "--silent", "--output", "/dev/null", "http://127.0.0.1:8080/healthz"]
# Open requests and running jobs get ten seconds after this.
STOPSIGNAL SIGTERM
ENTRYPOINT ["ondo"]
CMD ["serve"]
