namespace FastVlm.Pipeline.Rules;

/// <summary>
/// Reads expressions by recursive descent:
/// <code>
///   or   := and { "or" and }
///   and  := not { "and" not }
///   not  := "not" not | term
///   term := "(" or ")" | phrase | "exact words" | /regular expression/
///   phrase := word { word | "not" word }
/// </code>
/// After a fault it goes on as if the nearest right thing stood there, so that all faults are told at once.
/// </summary>
internal sealed class ExpressionParser
{
    /// <summary>Enough to mend a text with; the rest would mostly be consequences.</summary>
    public const int ErrorsMax = 20;

    private readonly List<ExpressionError> errors = [];
    private readonly IReadOnlyList<Lexeme> lexemes;
    private int at;
    private int depth;
    private int termCount;

    // Nothing more can be said of the text; what is missing at its end is a consequence.
    private bool isAbandoned;

    private ExpressionParser(string text) => lexemes = new ExpressionLexer(text, errors).Read();

    private Lexeme Current => lexemes[at];

    public static (ExpressionNode? Root, IReadOnlyList<ExpressionError> Errors) Parse(string text)
    {
        if (text.Length > Limits.RuleExpressionCharsMax)
        {
            return (null, [new ExpressionError(
                Limits.RuleExpressionCharsMax,
                $"The expression has {text.Length} characters; at most {Limits.RuleExpressionCharsMax} are read.",
                "Make several rules of it.")]);
        }

        var parser = new ExpressionParser(text);
        var root = parser.ParseAll();
        return (root, [.. parser.errors.OrderBy(error => error.Position).Take(ErrorsMax)]);
    }

    private ExpressionNode? ParseAll()
    {
        if (Current.Kind == LexemeKind.End)
        {
            Fault(Current, "The expression is empty.", "Write what the caption must tell, as in: part dropped");
            return null;
        }

        var root = ParseOr();
        while (Current.Kind != LexemeKind.End)
        {
            Fault(Current, "A closing parenthesis has no opening one.", "Take it away, or put '(' where the group begins.");
            at++;
            if (Current.Kind is not (LexemeKind.Close or LexemeKind.End))
            {
                ParseOr();
            }
        }

        return root;
    }

    private ExpressionNode? ParseOr()
    {
        var parts = new List<ExpressionNode?> { ParseAnd() };
        while (Current.Is("or"))
        {
            at++;
            parts.Add(ParseAnd());
        }

        return Combine(parts, known => new OrNode([.. known.SelectMany(part => part is OrNode or ? or.Parts : [part])]));
    }

    private ExpressionNode? ParseAnd()
    {
        var parts = new List<ExpressionNode?> { ParseNot() };
        while (Current.Kind is not (LexemeKind.End or LexemeKind.Close) && !Current.Is("or"))
        {
            if (Current.Is("and"))
            {
                at++;
            }
            else
            {
                Fault(Current, "Two terms stand next to each other without a word between them.", "Put 'and' or 'or' between them.");
            }

            parts.Add(ParseNot());
        }

        return Combine(parts, known => new AndNode([.. known.SelectMany(part => part is AndNode and ? and.Parts : [part])]));
    }

    private ExpressionNode? ParseNot()
    {
        if (!Current.Is("not"))
        {
            return ParseTerm();
        }

        at++;
        return Nested(lexemes[at - 1], ParseNot) is { } part ? new NotNode(part) : null;
    }

    private ExpressionNode? ParseTerm()
    {
        var lexeme = Current;
        switch (lexeme.Kind)
        {
            case LexemeKind.Open:
                at++;
                return Nested(lexeme, () => ParseGroup(lexeme));
            case LexemeKind.Exact:
                at++;
                return Term(lexeme, string.IsNullOrWhiteSpace(lexeme.Text) ? null : new ExactNode(lexeme.Text));
            case LexemeKind.Regex:
                at++;
                return Term(lexeme, ParseRegex(lexeme));
            case LexemeKind.Word when lexeme.IsPlainWord:
                return Term(lexeme, ParsePhrase());
            default:
                return MissingTerm(lexeme);
        }
    }

    /// <summary>The word or the end that stands here is not read: it belongs to what comes after the missing term.</summary>
    private ExpressionNode? MissingTerm(Lexeme lexeme)
    {
        var what = lexeme.Kind switch
        {
            LexemeKind.End => "at the end",
            LexemeKind.Close => "in front of ')'",
            _ => $"in front of '{lexeme.Text}'",
        };
        Fault(lexeme, $"A term is missing {what}.", "Write a phrase, \"exact words\", /a regular expression/ or a group in parentheses.");
        return null;
    }

    private ExpressionNode? ParseGroup(Lexeme open)
    {
        var inner = ParseOr();
        if (Current.Kind == LexemeKind.Close)
        {
            at++;
        }
        else
        {
            Fault(open, "The parenthesis is not closed.", "Put ')' where the group ends.");
        }

        return inner;
    }

    private PhraseNode? ParsePhrase()
    {
        var start = Current;
        var words = new List<string>();
        while (Current.IsPlainWord || (Current.Is("not") && words.Count > 0 && lexemes[at + 1].IsPlainWord))
        {
            words.Add(Current.Text);
            at++;
        }

        var phrase = string.Join(' ', words);
        if (PhraseRule.TryParse(phrase, out var fault) is { } rule)
        {
            return new PhraseNode(rule);
        }

        // A sign that means nothing was told by the lexer; the phrase need not be blamed for it.
        if (words.Any(word => word.Any(char.IsLetterOrDigit)))
        {
            Fault(start, fault!, "Small words like 'the' do not count; put them into quotation marks to look for exactly them.");
        }

        return null;
    }

    private RegexNode? ParseRegex(Lexeme lexeme)
    {
        var regex = LinearRegex.TryCreate(lexeme.Text, out var fault);
        if (fault is not null)
        {
            errors.Add(fault with { Position = lexeme.Position + 1 + fault.Position });
        }

        return regex is null ? null : new RegexNode(regex);
    }

    private ExpressionNode? Term(Lexeme lexeme, ExpressionNode? node)
    {
        termCount++;
        if (termCount == Limits.RuleTermsMax + 1)
        {
            Fault(lexeme, $"The expression has more than {Limits.RuleTermsMax} terms.", "Make several rules of it.");
        }

        return node;
    }

    private ExpressionNode? Nested(Lexeme lexeme, Func<ExpressionNode?> parse)
    {
        if (depth == Limits.RuleDepthMax)
        {
            Fault(lexeme, $"The expression is nested deeper than {Limits.RuleDepthMax} levels.", "Make several rules of it.");
            at = lexemes.Count - 1;
            isAbandoned = true;
            return null;
        }

        depth++;
        var node = parse();
        depth--;
        return node;
    }

    private static ExpressionNode? Combine(List<ExpressionNode?> parts, Func<IEnumerable<ExpressionNode>, ExpressionNode> combine)
    {
        var known = parts.OfType<ExpressionNode>().ToList();
        return known.Count switch
        {
            0 => null,
            1 => known[0],
            _ => combine(known),
        };
    }

    private void Fault(Lexeme lexeme, string message, string hint)
    {
        if (!isAbandoned)
        {
            errors.Add(new ExpressionError(lexeme.Position, message, hint));
        }
    }
}
