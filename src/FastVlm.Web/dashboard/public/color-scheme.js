// Sets the colour scheme before the first paint; a file of its own because the content security policy allows no inline script.
;(() => {
    const chosen = localStorage.getItem('fastvlm-color-scheme')
    const dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
    document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light')
})()
