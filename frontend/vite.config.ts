import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const api = process.env.QLOBOOKS_API ?? "http://127.0.0.1:8080";

const require = createRequire(import.meta.url);

// the API shows its description at /docs with two files of Swagger UI, and no other of them
const swagger: Plugin = {
  name: "swagger-ui",
  apply: "build",
  generateBundle() {
    for (const name of ["swagger-ui.css", "swagger-ui-bundle.js"]) {
      this.emitFile({ type: "asset", fileName: `docs/${name}`, source: readFileSync(require.resolve(`swagger-ui-dist/${name}`)) });
    }
  },
};

// `vite` serves the pages while they are written and passes calls on to a running API.
export default defineConfig({
  plugins: [react(), swagger],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  server: { proxy: { "/api": api } },
  build: {
    target: "es2022",
    // browsers that know light-dark(): rewritten for older ones, the colors of both schemes were lost
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    chunkSizeWarningLimit: 900,
  },
  test: {
    environment: "jsdom",
    environmentOptions: { jsdom: { url: "http://qlobooks.test/" } },
    setupFiles: ["src/test/setup.ts"],
    include: ["src/**/*.test.{ts,tsx}"],
    css: false,
    // the pages are read once for all files; setup.ts cleans up after each test
    isolate: false,
    pool: "threads",
    restoreMocks: true,
    // real time only bounds how long a test may hang
    testTimeout: 120_000,
    expect: { poll: { timeout: 60_000 } },
  },
});
