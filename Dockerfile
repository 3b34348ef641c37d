# The inspection server, as a small image without a shell whose process is not root. docs/packages.md says how to build
# and run it.
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
# The Git folder is not copied, so the version is given: --build-arg VERSION=1.2.3.
ARG VERSION=0.1.0
ARG TARGETARCH
WORKDIR /source
COPY . .
RUN dotnet publish src/SemiDefect.Anomaly.Cli -c Release --os linux -a $TARGETARCH --no-self-contained -o /app \
        -p:MinVerVersionOverride=$VERSION -p:ContinuousIntegrationBuild=true \
    && mkdir /empty

FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled
# The user of the base image, which is not root.
USER $APP_UID
COPY --from=build /app /app
COPY --from=build --chown=$APP_UID:$APP_UID /empty /models
COPY --from=build --chown=$APP_UID:$APP_UID /empty /data
VOLUME ["/models", "/data"]
WORKDIR /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=10s --start-period=20s CMD ["/app/semidefect", "health"]
ENTRYPOINT ["/app/semidefect"]
# Beyond the own machine, the server wants keys: mount a file with them.
CMD ["serve", "--models", "/models", "--data", "/data", "--urls", "http://0.0.0.0:8080", "--api-key-file", "/run/secrets/semidefect-keys"]
