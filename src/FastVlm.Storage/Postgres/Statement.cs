using Npgsql;

namespace FastVlm.Storage.Postgres;

/// <summary>SQL with its values, which stand in it as $1, $2 and so on.</summary>
internal sealed class Statement(string sql, params object?[] values)
{
    public NpgsqlBatchCommand ToCommand()
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = ToValue(value) });
        }

        return command;
    }

    private static object ToValue(object? value) => value switch
    {
        null => DBNull.Value,
        string text => Storable(text),
        string?[] texts => Array.ConvertAll(texts, text => text is null ? null : Storable(text)),
        _ => value,
    };

    /// <summary>PostgreSQL keeps no zero character and no half of a surrogate pair: a sign that one was there takes its place.</summary>
    private static string Storable(string text) =>
        text.Contains('\0', StringComparison.Ordinal) || text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF')
            ? string.Concat(text.EnumerateRunes().Select(rune => rune.Value == 0 ? "\uFFFD" : rune.ToString()))
            : text;
}
