# 'nabla serve' in a container, with the page to draw on: docs/serve.md says how to run it.
FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:10.0 AS build
ARG TARGETARCH
WORKDIR /nabla
COPY . .
RUN dotnet publish src/Nabla.Cli -a $TARGETARCH --no-self-contained -p:WithPage=true -p:RunAnalyzers=false -p:PublishDocumentationFiles=false -o /published

# Neither shell nor package manager, and a user who may do nothing.
FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled
WORKDIR /nabla
COPY --from=build /published .
# No socket for debuggers, which would want a folder to write to.
ENV DOTNET_EnableDiagnostics=0
USER $APP_UID
EXPOSE 8080
ENTRYPOINT ["dotnet", "Nabla.Cli.dll", "serve", "--bind", "0.0.0.0"]
