using FastVlm.Embedded.Commands;

namespace FastVlm.Embedded.Tests;

public sealed class DurationOptionTests
{
    [Theory]
    [InlineData("500ms", 0.5)]
    [InlineData("1s", 1)]
    [InlineData("1.5s", 1.5)]
    [InlineData("2m", 120)]
    [InlineData("1h", 3600)]
    [InlineData("3", 3)]
    [InlineData("0", 0)]
    public void Durations_are_read_as_people_write_them(string text, double seconds)
    {
        Assert.True(DurationOption.TryParse(text, out var duration));
        Assert.Equal(TimeSpan.FromSeconds(seconds), duration);
    }

    [Theory]
    [InlineData("")]
    [InlineData("soon")]
    [InlineData("-1s")]
    [InlineData("s")]
    [InlineData("1e9")]
    [InlineData("NaN")]
    [InlineData("999999999h")]
    public void Anything_else_is_refused(string text) => Assert.False(DurationOption.TryParse(text, out _));
}
