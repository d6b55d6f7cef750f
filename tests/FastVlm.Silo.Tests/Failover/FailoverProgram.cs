namespace FastVlm.Silo.Tests.Failover;

/// <summary>Prints what a failover costs; fails where a promise was broken or cameras were without captions for too long.</summary>
internal static class FailoverProgram
{
    public const string Name = "failover";

    /// <summary>What the cluster promises (docs/cluster.md).</summary>
    private static readonly TimeSpan TakenOverWithin = TimeSpan.FromSeconds(10);

    public static async Task<int> RunAsync()
    {
        await using var run = await FailoverRun.StartAsync();
        await run.RunAsync();
        Console.Write(run.Report);
        foreach (var violation in run.Violations)
        {
            Console.WriteLine(violation);
        }

        return run.Violations.Count == 0 && run.TakenOverAfter <= TakenOverWithin ? 0 : 1;
    }
}
