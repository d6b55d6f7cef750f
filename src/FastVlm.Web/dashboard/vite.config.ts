import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

// The host serves what lies in wwwroot. A running platform can be developed against with PLATFORM_URL.
const platform = process.env['PLATFORM_URL'] ?? 'http://127.0.0.1:8080'

export default defineConfig({
  plugins: [react()],
  build: {
    outDir: '../wwwroot',
    emptyOutDir: true,
    // The content security policy allows no data: addresses for scripts and styles.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: {
      '/api': platform,
      '/hubs': { target: platform, ws: true },
    },
  },
})
