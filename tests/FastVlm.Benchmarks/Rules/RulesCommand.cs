using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using FastVlm.Benchmarks.Load;
using FastVlm.Benchmarks.Measuring;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Rules;

namespace FastVlm.Benchmarks.Rules;

/// <summary><c>./bench rules</c>: what it costs to judge a caption by many rules.</summary>
internal static class RulesCommand
{
    private const int WarmUpCaptions = 2_000;
    private const int Captions = 10_000;

    public static Command Build()
    {
        var command = new Command("rules", "Judge captions by 1, 100 and as many rules as a camera may have, on one thread.");
        command.SetAction(parsed => Run(parsed.InvocationConfiguration.Output));
        return command;
    }

    private static void Run(TextWriter output)
    {
        output.WriteLine(Machine.Describe());
        output.WriteLine();
        output.WriteLine("| rules | per caption, p50 | p99 | allocated per caption | making the set of one more camera |");
        output.WriteLine("|---|---|---|---|---|");
        foreach (var count in (int[])[1, 100, Limits.RulesPerCameraMax])
        {
            var (rules, compileTime) = Compile(count);
            var allocated = 0L;
            var times = new Distribution();
            for (var i = 0; i < WarmUpCaptions + Captions; i++)
            {
                // Numbered, so that no cache of texts can help.
                var caption = string.Create(
                    CultureInfo.InvariantCulture, $"{ScriptedModel.Captions[i % ScriptedModel.Captions.Count]} Part {i}.");
                var (allocatedBefore, started) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.GetTimestamp());
                rules.Evaluate(caption, QuestionAnswers.None);
                var elapsed = Stopwatch.GetElapsedTime(started);
                if (i < WarmUpCaptions) continue;
                times.Add(elapsed);
                allocated += GC.GetAllocatedBytesForCurrentThread() - allocatedBefore;
            }

            var read = times.Read();
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {count} | {read.P50 * 1000:0.0} µs | {read.P99 * 1000:0.0} µs | {allocated / Captions / 1024.0:0.0} KiB | "
                + $"{compileTime.TotalMilliseconds:0.00} ms |"));
        }
    }

    /// <summary>The rules of one camera, and how long they took to make when those of many others had been made.</summary>
    private static (CompiledRuleSet Rules, TimeSpan Time) Compile(int count)
    {
        const int cameras = 20;
        var now = TimeProvider.System.GetUtcNow();
        // One more than asked for, less the question, which costs nothing here.
        var entries = LoadRules.Of(count + 1).Where(spec => spec.Kind == RuleKind.Caption).Select(spec => new Entry<RuleId, RuleSpec>
        {
            Id = RuleId.New(now),
            Spec = spec,
            CreatedAt = now,
            UpdatedAt = now,
        }).ToList();
        var expressions = new ExpressionCache();
        var rules = CompiledRuleSet.Build(new WatchedCamera(new CameraId("first"), "first", []), entries, expressions);
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < cameras; i++)
        {
            rules = CompiledRuleSet.Build(new WatchedCamera(new CameraId("bench"), "bench", []), entries, expressions);
        }

        return (rules, Stopwatch.GetElapsedTime(started) / cameras);
    }
}
