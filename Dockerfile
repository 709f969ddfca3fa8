# The image of infisical-login: one static program and certificate roots.
#
#     docker build -t infisical-login .
#
# The base images are arguments, so that it builds from a mirror or from an image
# of your own that has Go and a shell.
ARG BUILD_IMAGE=docker.io/library/golang:1.26-bookworm
ARG RUN_IMAGE=scratch

FROM --platform=$BUILDPLATFORM ${BUILD_IMAGE} AS build
ARG TARGETOS=linux
ARG TARGETARCH
ARG GOPROXY
ARG GOFLAGS
WORKDIR /src
COPY . .
RUN CGO_ENABLED=0 GOOS=${TARGETOS} GOARCH=${TARGETARCH} \
    go build -trimpath -tags grpcnotrace -ldflags='-s -w' -o /out/infisical-login .

FROM ${RUN_IMAGE}
ARG VERSION=devel
ARG REVISION=unknown
LABEL org.opencontainers.image.title="infisical-login" \
      org.opencontainers.image.description="Logs in to Infisical and hands the token to the command behind it" \
      org.opencontainers.image.source="https://github.com/infisical-login/infisical-login" \
      org.opencontainers.image.documentation="https://github.com/infisical-login/infisical-login/blob/main/README.md" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /out/infisical-login /infisical-login
# Numbers, so that runAsNonRoot can see that it is not root.
USER 65532:65532
ENTRYPOINT ["/infisical-login"]
