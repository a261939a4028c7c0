import { defineConfig } from "vite";

// Everything is addressed relative to the file that asks for it, so the bundle works under any STATIC_URL,
// and every island is a chunk of its own: a list page loads `main` only.
export default defineConfig({
  base: "./",
  publicDir: false,
  worker: { format: "es" },
  build: {
    outDir: "../anlan/surfaces/web/static/build",
    emptyOutDir: true,
    manifest: "manifest.json",
    target: "es2021",
    cssTarget: ["chrome111", "firefox113", "safari16.4"],
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1300,
    rollupOptions: {
      input: {
        main: "src/main.ts",
        app: "src/styles/app.css",
        answer: "src/styles/answer.css",
        "push-worker": "src/push-worker.ts",
      },
      // A browser asks for its service worker again under the address it knows: that name never changes.
      output: { entryFileNames: (chunk) => (chunk.name === "push-worker" ? "[name].js" : "assets/[name]-[hash].js") },
    },
  },
});
