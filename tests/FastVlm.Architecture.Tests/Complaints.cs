namespace FastVlm.Architecture.Tests;

internal static class Complaints
{
    /// <summary>Fails with every complaint on a line of its own.</summary>
    public static void AssertNone(IEnumerable<string> complaints)
    {
        var list = complaints.ToArray();
        Assert.True(list.Length == 0, string.Join('\n', list));
    }
}
