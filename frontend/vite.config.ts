import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { mockServer } from "./src/test/mock/plugin";

const api = process.env.QLOBOOKS_API ?? "http://127.0.0.1:8080";

// `vite` proxies to a running API; `vite --mode mock` answers from the tests' fake server instead.
export default defineConfig(({ mode }) => ({
  plugins: [react(), ...(mode === "mock" ? [mockServer()] : [])],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  server: { proxy: mode === "mock" ? {} : { "/api": api } },
  build: { target: "es2022", chunkSizeWarningLimit: 900 },
  test: {
    environment: "jsdom",
    environmentOptions: { jsdom: { url: "http://qlobooks.test/" } },
    setupFiles: ["src/test/setup.ts"],
    include: ["src/**/*.test.{ts,tsx}"],
    css: false,
    testTimeout: 20000,
  },
}));
