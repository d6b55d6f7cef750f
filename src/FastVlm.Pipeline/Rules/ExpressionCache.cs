namespace FastVlm.Pipeline.Rules;

/// <summary>
/// Expressions by their text, so that a rule of a thousand cameras is parsed once. Belongs to whoever builds rule sets.
/// Safe for concurrent use.
/// </summary>
public sealed class ExpressionCache
{
    /// <summary>Edited texts stay behind until then; the next rule set finds its own again.</summary>
    private const int EntriesMax = 2 * Limits.RulesMax;

    private readonly Lock gate = new();
    private readonly Dictionary<string, ParsedExpression> entries = new(StringComparer.Ordinal);

    public ParsedExpression Parse(string text)
    {
        lock (gate)
        {
            if (entries.TryGetValue(text, out var known))
            {
                return known;
            }

            if (entries.Count == EntriesMax)
            {
                entries.Clear();
            }

            return entries[text] = RuleExpression.Parse(text);
        }
    }
}
