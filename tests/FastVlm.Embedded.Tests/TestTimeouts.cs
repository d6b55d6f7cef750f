namespace FastVlm.Embedded.Tests;

internal static class TestTimeouts
{
    /// <summary>Ends a test that hangs; never a measure of speed.</summary>
    public static readonly TimeSpan Default = TimeSpan.FromSeconds(60);
}
