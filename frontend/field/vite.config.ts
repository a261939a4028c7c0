import { defineConfig } from "vite";

// The field app is a build of its own: its first load is measured, and nothing of the desk comes along.
// The service worker is built by worker.config.ts into one file; the reader of QR codes comes later and lazily.
export default defineConfig({
  root: "field",
  base: "./",
  publicDir: false,
  build: {
    outDir: "../../anlan/surfaces/field/static/build/field",
    emptyOutDir: true,
    manifest: "manifest.json",
    target: "es2020",
    cssTarget: ["chrome80", "safari14"],
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rollupOptions: {
      input: { main: "src/main.ts", field: "src/field.css" },
    },
  },
});
