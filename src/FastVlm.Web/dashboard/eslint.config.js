import reactHooks from 'eslint-plugin-react-hooks'
import tseslint from 'typescript-eslint'

export default tseslint.config(
    { ignores: ['node_modules', 'public', 'checks', 'eslint.config.js'] },
    ...tseslint.configs.strictTypeChecked,
    { languageOptions: { parserOptions: { projectService: true } } },
    reactHooks.configs.flat['recommended-latest'],
    {
        rules: {
            'max-len': ['error', { code: 140 }],
            'max-lines': ['error', 400],
            eqeqeq: 'error',
            '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
            '@typescript-eslint/no-confusing-void-expression': 'off',
            '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
            '@typescript-eslint/no-floating-promises': ['error', { ignoreVoid: true }],
        },
    },
)
