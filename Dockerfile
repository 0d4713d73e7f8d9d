# The image that `make image` writes, made by docker alone: docs/kubernetes.md
# docker build -t lachan .
# docker run -d --name lachan --stop-timeout 60 -p 53:53/udp -p 53:53/tcp -v lachan-state:/var/lib/lachan lachan
# Put your own lachan.yaml and policy.yaml in /etc/lachan with -v "$PWD/etc:/etc/lachan:ro".

FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
COPY absent absent
RUN go mod download
COPY . .
ARG VERSION=dev
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=$VERSION" -o /out/lachan ./cmd/lachan \
 && go run ./deploy/image -mark /out/lachan \
 && mkdir -m 0700 /out/state

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /out/lachan /lachan
COPY --from=build --chown=65532:65532 /out/state /var/lib/lachan
COPY configs/lachan.yaml configs/policy.yaml /etc/lachan/
USER 65532:65532
VOLUME /var/lib/lachan
# The server and its health check read the same configuration.
ENV LACHAN_CONFIG=/etc/lachan/lachan.yaml
EXPOSE 53/udp 53/tcp
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["/lachan", "health"]
ENTRYPOINT ["/lachan"]
CMD ["serve"]
