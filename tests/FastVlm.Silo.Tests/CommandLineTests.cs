namespace FastVlm.Silo.Tests;

public sealed class CommandLineTests
{
    [Fact]
    public async Task Help_is_no_failure() => Assert.Equal(0, await SiloCommandLine.RunAsync([]));

    [Fact]
    public async Task An_unknown_option_is_refused() => Assert.NotEqual(0, await SiloCommandLine.RunAsync(["--no-such-option"]));
}
