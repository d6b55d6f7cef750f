using System.Text;

namespace FastVlm.Pipeline.Rules;

internal enum LexemeKind
{
    Word,
    Exact,
    Regex,
    Open,
    Close,
    End,
}

/// <summary>A word, quotation, pattern or parenthesis of an expression.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">The word, or what stands between the marks.</param>
/// <param name="Position">Where it begins, characters from 0.</param>
internal sealed record Lexeme(LexemeKind Kind, string Text, int Position)
{
    public bool Is(string word) => Kind == LexemeKind.Word && Text.Equals(word, StringComparison.OrdinalIgnoreCase);

    public bool IsPlainWord => Kind == LexemeKind.Word && !Is("and") && !Is("or") && !Is("not");
}

/// <summary>Cuts an expression into lexemes; the last one is always <see cref="LexemeKind.End"/>.</summary>
internal sealed class ExpressionLexer(string text, ICollection<ExpressionError> errors)
{
    private const string Openers = "\"“„";
    private const string TypographicClosers = "”“\"";

    /// <summary>Signs that other languages use as operators: taking them for nothing would turn a rule into its opposite.</summary>
    private static readonly Dictionary<char, string> ForeignSigns = new()
    {
        ['!'] = "Write 'not' in front of what must be absent.",
        ['&'] = "Write 'and' between two terms that must both match.",
        ['|'] = "Write 'or' between two alternatives.",
        ['*'] = "All forms of a word are found anyway; for other patterns write a regular expression between slashes.",
        ['?'] = "All forms of a word are found anyway; for other patterns write a regular expression between slashes.",
        ['\\'] = "Write a regular expression between slashes, as in /part \\d+/.",
        [','] = "Write 'or' between alternatives, or 'and' between terms that must all match.",
        [';'] = "Write 'or' between alternatives, or 'and' between terms that must all match.",
    };

    private int at;

    public IReadOnlyList<Lexeme> Read()
    {
        var lexemes = new List<Lexeme>();
        while (true)
        {
            while (at < text.Length && char.IsWhiteSpace(text[at]))
            {
                at++;
            }

            lexemes.Add(Next());
            if (lexemes[^1].Kind == LexemeKind.End)
            {
                return lexemes;
            }
        }
    }

    private static bool EndsWord(char character) =>
        char.IsWhiteSpace(character) || character is '(' or ')' or '”' || Openers.Contains(character, StringComparison.Ordinal);

    private Lexeme Next()
    {
        var start = at;
        if (at == text.Length)
        {
            return new Lexeme(LexemeKind.End, "", start);
        }

        switch (text[at])
        {
            case '(':
                at++;
                return new Lexeme(LexemeKind.Open, "(", start);
            case ')':
                at++;
                return new Lexeme(LexemeKind.Close, ")", start);
            case '/':
                return ReadRegex();
            case '"' or '“' or '„' or '”':
                return ReadExact();
            default:
                return ReadWord();
        }
    }

    private Lexeme ReadWord()
    {
        var start = at;
        while (at < text.Length && !EndsWord(text[at]))
        {
            at++;
        }

        var word = text[start..at];
        var foreign = word.IndexOfAny([.. ForeignSigns.Keys]);
        if (foreign >= 0 && !(word[foreign] == ',' && IsBetweenDigits(word, foreign)))
        {
            errors.Add(new ExpressionError(
                start + foreign, $"'{word[foreign]}' has no meaning in an expression.", ForeignSigns[word[foreign]]));
        }
        else if (!word.Any(char.IsLetterOrDigit))
        {
            errors.Add(new ExpressionError(
                start, $"'{word}' is no word: it has neither a letter nor a digit.", "Leave it out, or put it into quotation marks."));
        }

        return new Lexeme(LexemeKind.Word, word, start);
    }

    private static bool IsBetweenDigits(string word, int index) =>
        index > 0 && index + 1 < word.Length && char.IsDigit(word[index - 1]) && char.IsDigit(word[index + 1]);

    private Lexeme ReadExact()
    {
        var start = at++;
        var closers = text[start] == '"' ? "\"" : TypographicClosers;
        var words = new StringBuilder();
        while (at < text.Length && !closers.Contains(text[at], StringComparison.Ordinal))
        {
            var isEscape = text[at] == '\\' && at + 1 < text.Length && (text[at + 1] is '"' or '\\');
            at += isEscape ? 1 : 0;
            words.Append(text[at++]);
        }

        if (at == text.Length)
        {
            errors.Add(new ExpressionError(
                start, "The quotation mark is not closed.", "Put a quotation mark behind the last of the exact words."));
        }
        else
        {
            at++;
            if (string.IsNullOrWhiteSpace(words.ToString()))
            {
                errors.Add(new ExpressionError(start, "Nothing stands between the quotation marks.", "Put exact words between them."));
            }
        }

        return new Lexeme(LexemeKind.Exact, words.ToString(), start);
    }

    /// <summary>The pattern is kept as written; a slash within it has a backslash in front.</summary>
    private Lexeme ReadRegex()
    {
        var start = at++;
        while (at < text.Length && text[at] != '/')
        {
            at += text[at] == '\\' && at + 1 < text.Length ? 2 : 1;
        }

        var pattern = text[(start + 1)..Math.Min(at, text.Length)];
        if (at >= text.Length)
        {
            at = text.Length;
            errors.Add(new ExpressionError(
                start, "The regular expression is not closed.", "Put a slash behind it; a slash within it is written \\/."));
        }
        else
        {
            at++;
        }

        return new Lexeme(LexemeKind.Regex, pattern, start);
    }
}
