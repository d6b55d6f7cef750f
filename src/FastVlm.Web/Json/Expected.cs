using System.Text.Json;
using FastVlm.Pipeline.Configuration;

namespace FastVlm.Web.Json;

/// <summary>What belongs into a place, and what stands there, in words for people.</summary>
internal static class Expected
{
    private const int QuotedCharsMax = 40;

    public static string Of(Type type) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        var t when t.IsEnum => "one of " + string.Join(", ", Enum.GetNames(t).Select(JsonNamingPolicy.CamelCase.ConvertName)),
        var t when t == typeof(bool) => "true or false",
        var t when t == typeof(int) || t == typeof(long) => "a whole number",
        var t when t == typeof(double) => "a number",
        var t when t == typeof(TimeSpan) => "a number of seconds",
        var t when t == typeof(TimeOnly) => "a time of day such as \"06:00\"",
        var t when t == typeof(DateTimeOffset) => "a time such as \"2026-01-31T06:00:00Z\"",
        var t when IsText(t) => "text in quotes",
        var t when t.IsAssignableTo(typeof(System.Collections.IEnumerable)) => "a list in brackets",
        _ => "an object",
    };

    /// <summary>A short value as it is, unless it may be a secret; else its kind.</summary>
    public static string Quote(JsonElement element, Type type) =>
        !IsSecret(type) && element.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array)
        && element.GetRawText() is { Length: <= QuotedCharsMax } text ? text : Capitalised(Kind(element));

    public static string Kind(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "text",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "true or false",
    };

    private static string Capitalised(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    private static bool IsSecret(Type type) => type == typeof(SecretText) || type == typeof(CameraUrl);

    private static bool IsText(Type type) => type == typeof(string) || IsSecret(type)
        || type.GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(Pipeline.IIdentifier<>));
}
