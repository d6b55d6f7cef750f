/// <reference types="vite/client" />

// The light build has no subtitles and no copy protection, which cameras have not either; its types are those of the whole.
declare module 'hls.js/light' {
  export { default } from 'hls.js'
}
