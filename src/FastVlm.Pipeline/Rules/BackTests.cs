using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Storage;
using Microsoft.Extensions.Logging;

namespace FastVlm.Pipeline.Rules;

/// <summary>
/// Runs rules on stored captions before they are saved: "would have fired 3 times last week, here". At most
/// <see cref="Limits.BackTestsRunningMax"/> run at once; what is done stays readable for an hour. Safe for concurrent use.
/// </summary>
public sealed class BackTests(ICaptionHistory history, TimeProvider timeProvider, ILogger logger) : IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Run> runs = new(StringComparer.Ordinal);
    private bool isStopped;

    /// <summary>Starts a back-test, which goes on beside the caller.</summary>
    public BackTestStart Start(BackTestRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var errors = Validate(request);
        if (errors.Count > 0)
        {
            return new BackTestStart { Errors = errors };
        }

        var now = timeProvider.GetUtcNow();
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(isStopped, this);
            Forget(now);
            if (runs.Values.Count(run => run.Report.State == BackTestState.Running) >= Limits.BackTestsRunningMax)
            {
                return new BackTestStart { IsBusy = true };
            }

            var started = new Run(new BackTestReport { Id = $"bt_{Guid.CreateVersion7(now):N}", State = BackTestState.Running });
            runs.Add(started.Report.Id, started);
            started.Task = Task.Run(() => RunAsync(started, request), CancellationToken.None);
            return new BackTestStart { Report = started.Report };
        }
    }

    /// <summary>Null for one that is unknown or was forgotten.</summary>
    public BackTestReport? Find(string id)
    {
        lock (gate)
        {
            Forget(timeProvider.GetUtcNow());
            return runs.GetValueOrDefault(id)?.Report;
        }
    }

    /// <summary>Ends a back-test; what it has found so far stays readable.</summary>
    /// <returns>False for one that is unknown.</returns>
    public bool Cancel(string id)
    {
        lock (gate)
        {
            if (!runs.TryGetValue(id, out var run))
            {
                return false;
            }

            run.Stop.Cancel();
            return true;
        }
    }

    /// <summary>Ends all and waits for them.</summary>
    public async ValueTask DisposeAsync()
    {
        Task[] ending;
        lock (gate)
        {
            isStopped = true;
            foreach (var run in runs.Values)
            {
                run.Stop.Cancel();
            }

            ending = [.. runs.Values.Select(run => run.Task)];
        }

        await Task.WhenAll(ending);
        foreach (var run in runs.Values)
        {
            run.Stop.Dispose();
        }
    }

    private static List<SpecError> Validate(BackTestRequest request)
    {
        var rule = string.IsNullOrWhiteSpace(request.Rule.Name) ? request.Rule with { Name = "rule" } : request.Rule;
        var errors = RuleSpecValidator.Validate(rule).Select(error => error with { Path = "$.rule" + error.Path[1..] }).ToList();
        if (request.Span.To <= request.Span.From)
        {
            errors.Add(new SpecError("$.to", "A back-test's span ends after it begins; make 'to' later than 'from'."));
        }

        return errors;
    }

    private async Task RunAsync(Run run, BackTestRequest request)
    {
        try
        {
            await ReplayAsync(run, request, run.Stop.Token);
            run.End(BackTestState.Done, null, timeProvider.GetUtcNow());
        }
        catch (OperationCanceledException) when (run.Stop.IsCancellationRequested)
        {
            run.End(BackTestState.Cancelled, null, timeProvider.GetUtcNow());
        }
        catch (StorageException failure)
        {
            run.End(BackTestState.Failed, failure.Message, timeProvider.GetUtcNow());
        }
        catch (Exception defect)
        {
            // The supervisor of this run: nobody awaits it.
            logger.BackTestDefect(defect, run.Report.Id);
            run.End(BackTestState.Failed, "The back-test met a defect; the log has its details.", timeProvider.GetUtcNow());
        }
    }

    private async Task ReplayAsync(Run run, BackTestRequest request, CancellationToken cancellationToken)
    {
        var total = await history.CountAsync(request.Span, cancellationToken);
        var replay = new BackTestReplay(request);
        run.Report = run.Report with { CaptionsTotal = total };
        await foreach (var caption in history.ReadAsync(request.Span, cancellationToken).WithCancellation(cancellationToken))
        {
            cancellationToken.ThrowIfCancellationRequested();
            replay.Advance(caption);
            if (replay.CaptionsRead % Limits.BackTestProgressEvery == 0)
            {
                run.Show(replay);
            }
        }

        run.Show(replay);
    }

    /// <summary>Under the lock.</summary>
    private void Forget(DateTimeOffset now)
    {
        var ended = runs.Values.Where(run => run.Report.EndedAt is not null).OrderByDescending(run => run.Report.EndedAt).ToArray();
        for (var i = 0; i < ended.Length; i++)
        {
            if (i >= Limits.BackTestsKeptMax || now - ended[i].Report.EndedAt > Limits.BackTestKeptFor)
            {
                runs.Remove(ended[i].Report.Id);
                ended[i].Stop.Dispose();
            }
        }
    }

    private sealed class Run(BackTestReport report)
    {
        private volatile BackTestReport report = report;

        /// <summary>Written by the run alone, read by all.</summary>
        public BackTestReport Report
        {
            get => report;
            set => report = value;
        }

        public CancellationTokenSource Stop { get; } = new();

        public Task Task { get; set; } = Task.CompletedTask;

        public void Show(BackTestReplay replay) => Report = Report with
        {
            CaptionsRead = replay.CaptionsRead,
            CaptionsNotJudged = replay.CaptionsNotJudged,
            Incidents = replay.Incidents,
            IncidentCount = replay.IncidentCount,
        };

        public void End(BackTestState state, string? error, DateTimeOffset at) =>
            Report = Report with { State = state, Error = error, EndedAt = at };
    }
}
