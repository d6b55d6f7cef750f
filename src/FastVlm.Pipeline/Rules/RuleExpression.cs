using System.Diagnostics.CodeAnalysis;

namespace FastVlm.Pipeline.Rules;

/// <summary>
/// What a caption rule looks for: phrases, <c>and or not</c>, parentheses, "exact words", /regular expression/. The
/// language is described in docs/rules.md. Immutable; safe for concurrent use; judging takes time in proportion to the
/// caption's length.
/// </summary>
public sealed class RuleExpression
{
    private readonly ExpressionNode root;

    private RuleExpression(ExpressionNode root) => this.root = root;

    /// <summary>Never throws for what a user wrote; all faults that can be told apart come at once.</summary>
    public static ParsedExpression Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var (root, errors) = ExpressionParser.Parse(text);
        return new ParsedExpression
        {
            Expression = errors.Count == 0 && root is not null ? new RuleExpression(root) : null,
            Errors = errors,
        };
    }

    /// <summary>Judges a caption; text after <see cref="Limits.RuleTextCharsMax"/> characters is not read.</summary>
    public TextVerdict Judge(string caption) => Judge(new CaptionText(caption));

    /// <inheritdoc cref="Judge(string)"/>
    public TextVerdict Judge(CaptionText caption)
    {
        ArgumentNullException.ThrowIfNull(caption);
        var judgement = caption.HasWords
            ? root.Judge(caption)
            : Judgement.Miss(caption, "The caption has no words, and tells nothing");
        return judgement.ToVerdict();
    }

    /// <summary>The expression in its normal form, which parses to the same.</summary>
    public override string ToString() => root.ToString();
}

/// <summary>An expression, or what is wrong with it.</summary>
public sealed record ParsedExpression
{
    /// <summary>Null where there is an error.</summary>
    public required RuleExpression? Expression { get; init; }

    /// <summary>In the order of their positions; at most 20.</summary>
    public required IReadOnlyList<ExpressionError> Errors { get; init; }

    [MemberNotNullWhen(true, nameof(Expression))]
    public bool IsValid => Expression is not null;
}

/// <summary>A fault in an expression.</summary>
/// <param name="Position">Where, characters from 0; the text's length for what is missing at its end.</param>
/// <param name="Message">One sentence: what is wrong.</param>
/// <param name="Hint">One sentence: what to write instead.</param>
public sealed record ExpressionError(int Position, string Message, string Hint);
