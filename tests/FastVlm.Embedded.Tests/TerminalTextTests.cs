using FastVlm.Embedded.Output;

namespace FastVlm.Embedded.Tests;

public sealed class TerminalTextTests
{
    [Theory]
    [InlineData("A part\thas\ndropped.", "A part\thas\ndropped.")]
    [InlineData("\u001b]0;owned\u0007red\u001b[31m", "·]0;owned·red·[31m")]
    [InlineData("零件 — 🟥\u0000\u009b2J", "零件 — 🟥··2J")]
    public void Control_characters_do_not_reach_the_terminal(string text, string shown) =>
        Assert.Equal(shown, TerminalText.Clean(text));
}
