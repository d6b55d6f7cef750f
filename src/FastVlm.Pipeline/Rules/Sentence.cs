namespace FastVlm.Pipeline.Rules;

/// <summary>A word or a punctuation mark of a text, with its place in it.</summary>
internal readonly record struct Token(string Text, string Stem, int Start, int Length)
{
    /// <summary>A hyphen ties it to the word before: "smoke-free".</summary>
    public bool IsTied { get; init; }

    public bool IsWord => char.IsLetterOrDigit(Text[0]);

    public int End => Start + Length;
}

/// <summary>One sentence of a caption as tokens. A line break ends a sentence, so list items stand alone.</summary>
internal sealed class Sentence
{
    private const string Enders = ".!?\n\r";
    private const string Marks = ",;:()";

    private readonly Lazy<Denial?[]> denials;
    private readonly int[] contentBefore;

    private Sentence(Token[] tokens, int firstToken, bool isQuestion)
    {
        Tokens = tokens;
        FirstToken = firstToken;
        IsQuestion = isQuestion;
        contentBefore = new int[tokens.Length + 1];
        for (var i = 0; i < tokens.Length; i++)
        {
            contentBefore[i + 1] = contentBefore[i] + (Grammar.IsContent(tokens[i]) ? 1 : 0);
        }

        denials = new Lazy<Denial?[]>(() => NegationScope.Mark(tokens));
    }

    /// <summary>At least one.</summary>
    public Token[] Tokens { get; }

    /// <summary>Number of the first token, counted through the whole text.</summary>
    public int FirstToken { get; }

    /// <summary>For each token what denies it, or null.</summary>
    public Denial?[] Denials => denials.Value;

    /// <summary>Asks rather than tells.</summary>
    public bool IsQuestion { get; }

    /// <summary>How many words that carry meaning stand strictly between two tokens.</summary>
    public int ContentBetween(int from, int to) => contentBefore[to] - contentBefore[from + 1];

    public static IReadOnlyList<Sentence> Split(string text)
    {
        var sentences = new List<Sentence>();
        var tokens = new List<Token>();
        for (var i = 0; i < text.Length;)
        {
            if (char.IsLetterOrDigit(text[i]))
            {
                var end = WordEnd(text, i);
                AddWord(tokens, text, i, end);
                i = end;
                continue;
            }

            if (IsDash(text, i))
            {
                tokens.Add(new Token("-", "", i, 1));
            }
            else if (Marks.Contains(text[i], StringComparison.Ordinal))
            {
                tokens.Add(new Token(text[i].ToString(), "", i, 1));
            }
            else if (Enders.Contains(text[i], StringComparison.Ordinal))
            {
                Close(sentences, tokens, text[i] == '?');
            }

            i++;
        }

        Close(sentences, tokens, isQuestion: false);
        return sentences;
    }

    /// <summary>A long dash, or a hyphen that stands alone: a pause, where a hyphen within a word is none.</summary>
    private static bool IsDash(string text, int index) =>
        text[index] is '–' or '—'
        || (text[index] == '-' && index > 0 && index + 1 < text.Length
            && char.IsWhiteSpace(text[index - 1]) && char.IsWhiteSpace(text[index + 1]));

    /// <summary>Letters and digits; an apostrophe between letters and a point between digits belong to the word.</summary>
    private static int WordEnd(string text, int start)
    {
        var end = start;
        while (end < text.Length && (char.IsLetterOrDigit(text[end]) || IsInner(text, end)))
        {
            end++;
        }

        return end;
    }

    private static bool IsInner(string text, int index) =>
        index > 0 && index + 1 < text.Length
        && ((text[index] is '\'' or '’' && char.IsLetter(text[index - 1]) && char.IsLetter(text[index + 1]))
            || (text[index] == '.' && char.IsDigit(text[index - 1]) && char.IsDigit(text[index + 1])));

    private static void AddWord(List<Token> tokens, string text, int start, int end)
    {
        var word = text[start..end].ToLowerInvariant().Replace('’', '\'');
        if (word.EndsWith("'s", StringComparison.Ordinal))
        {
            word = word[..^2];
        }

        var isTied = start > 1 && text[start - 1] == '-' && char.IsLetterOrDigit(text[start - 2]);
        tokens.Add(new Token(word, WordForms.Stem(word), start, end - start) { IsTied = isTied });
    }

    private static void Close(List<Sentence> sentences, List<Token> tokens, bool isQuestion)
    {
        if (tokens.Count > 0)
        {
            var firstToken = sentences.Count > 0 ? sentences[^1].FirstToken + sentences[^1].Tokens.Length : 0;
            sentences.Add(new Sentence([.. tokens], firstToken, isQuestion));
            tokens.Clear();
        }
    }
}
