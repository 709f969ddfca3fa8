# The image of infisical-login: one static program and certificate roots.
#
#     docker build -t infisical-login .
#
# The base images are arguments, so that it builds from a mirror or from an image
# of your own that has Go and a shell. VERSION and REVISION are what the program
# and the labels say of it; they are the same for the same bytes of source.
ARG BUILD_IMAGE=docker.io/library/golang:1.26-bookworm
ARG RUN_IMAGE=scratch
ARG VERSION

FROM --platform=$BUILDPLATFORM ${BUILD_IMAGE} AS build
ARG TARGETOS=linux
ARG TARGETARCH
ARG GOPROXY
ARG GOFLAGS
ARG VERSION
WORKDIR /src
COPY . .
RUN CGO_ENABLED=0 GOOS=${TARGETOS} GOARCH=${TARGETARCH} \
    go build -trimpath -tags grpcnotrace -ldflags="-s -w -X main.released=${VERSION}" -o /out/infisical-login .

FROM ${RUN_IMAGE}
ARG VERSION
ARG REVISION=unknown
LABEL org.opencontainers.image.title="infisical-login" \
      org.opencontainers.image.description="Logs in to Infisical and hands the token to the command behind it" \
      org.opencontainers.image.source="https://github.com/infisical-login/infisical-login" \
      org.opencontainers.image.documentation="https://github.com/infisical-login/infisical-login/blob/main/README.md" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION:-devel}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /out/infisical-login /infisical-login
# Numbers, so that runAsNonRoot can see that it is not root.
USER 65532:65532
ENTRYPOINT ["/infisical-login"]
