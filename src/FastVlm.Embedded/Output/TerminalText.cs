namespace FastVlm.Embedded.Output;

/// <summary>
/// Foreign text (a model's answer, a camera's message) for a terminal: control characters could move the cursor, change
/// the title or worse, and are shown as a dot. Line breaks and tabs stay.
/// </summary>
internal static class TerminalText
{
    private const char Shown = '·';

    public static string Clean(string text) =>
        text.Any(IsHarmful) ? string.Concat(text.Select(character => IsHarmful(character) ? Shown : character)) : text;

    private static bool IsHarmful(char character) => char.IsControl(character) && character is not ('\n' or '\r' or '\t');
}
