import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { defineConfig, type Plugin } from "vite";

/** Scripts and sheets packed once here: the server sends `x.js.gz` for `x.js`, a quarter of it over a bureau's line. */
function packed(): Plugin {
  return {
    name: "packed",
    writeBundle({ dir }, bundle) {
      for (const name of Object.keys(bundle).filter((each) => /\.(js|css|svg)$/.test(each))) {
        const file = join(dir ?? "", name);
        const whole = readFileSync(file);
        if (whole.length > 1024) writeFileSync(`${file}.gz`, gzipSync(whole, { level: 9 }));
      }
    },
  };
}

// Everything is addressed relative to the file that asks for it, so the bundle works under any STATIC_URL,
// and every island is a chunk of its own: a list page loads `main` only.
export default defineConfig({
  base: "./",
  publicDir: false,
  plugins: [packed()],
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
