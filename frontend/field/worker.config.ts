import { defineConfig } from "vite";

// The service worker is one file without imports: what it shares with the page (queue, keeping, sending) is built into it.
export default defineConfig({
  root: "field",
  base: "./",
  publicDir: false,
  build: {
    outDir: "../../anlan/surfaces/field/static/build/field",
    emptyOutDir: false,
    target: "es2020",
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: { sw: "src/sw.ts" },
      output: { format: "iife", entryFileNames: "sw.js" },
    },
  },
});
