using System.Diagnostics;
using FastVlm.Pipeline.Captions;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Incidents;

namespace FastVlm.Pipeline.Rules;

/// <summary>
/// Decides which incidents a rule would have opened, caption by caption, by the same judgement, timing and schedule as the
/// live path; the time is that of the capture. Cooldowns are left out: they hold alerts back, not incidents.
/// </summary>
internal sealed class BackTestReplay
{
    private readonly CompiledRule rule;
    private readonly IReadOnlyList<Entry<RuleId, RuleSpec>> sameQuestion;
    private readonly Dictionary<CameraId, CameraReplay> cameras = [];
    private readonly List<BackTestIncident> incidents = [];

    public BackTestReplay(BackTestRequest request)
    {
        rule = CompiledRule.Compile(request.Rule);
        sameQuestion = rule.Question is null
            ? []
            : [.. request.StoredRules.Where(
                stored => stored.Spec.Kind == RuleKind.Question && stored.Spec.Question?.Trim() == rule.Question)];
    }

    public long CaptionsRead { get; private set; }

    public long CaptionsNotJudged { get; private set; }

    public long IncidentCount { get; private set; }

    /// <summary>A copy.</summary>
    public IReadOnlyList<BackTestIncident> Incidents => [.. incidents];

    /// <summary>Takes the next caption; those of one camera come in the order of their capture.</summary>
    public void Advance(CaptionRecord caption)
    {
        CaptionsRead++;
        var verdict = rule.Judge(new CaptionText(caption.Text), AnswerOf(caption));
        if (verdict is null)
        {
            CaptionsNotJudged++;
            return;
        }

        if (!cameras.TryGetValue(caption.CameraId, out var camera))
        {
            cameras.Add(caption.CameraId, camera = new CameraReplay(new IncidentPolicy(rule.Spec.Timing)));
        }

        var at = caption.Stamps.CapturedAt;
        Apply(camera, camera.Policy.Advance(verdict.IsMatch, rule.IsScheduled(at), at), caption, verdict);
    }

    /// <summary>
    /// Answers are stored by rule. Only a rule that asks the same question, and has asked it at the time, lends its answers.
    /// </summary>
    private double? AnswerOf(CaptionRecord caption)
    {
        foreach (var stored in sameQuestion)
        {
            if (stored.UpdatedAt <= caption.Stamps.CapturedAt && caption.Answers.TryGetValue(stored.Id, out var answer))
            {
                return answer;
            }
        }

        return null;
    }

    private void Apply(CameraReplay camera, PolicyChange change, CaptionRecord caption, RuleVerdict verdict)
    {
        switch (change)
        {
            case PolicyChange.Opened:
                IncidentCount++;
                camera.OpenIndex = incidents.Count < Limits.BackTestIncidentsMax ? incidents.Count : null;
                if (camera.OpenIndex is not null)
                {
                    incidents.Add(NewIncident(camera, caption, verdict));
                }

                break;
            case PolicyChange.Ongoing when camera.OpenIndex is { } index:
                incidents[index] = incidents[index] with { Count = camera.Policy.MatchCount };
                break;
            case PolicyChange.Cleared or PolicyChange.ScheduleEnded when camera.OpenIndex is { } index:
                incidents[index] = incidents[index] with { ClearedAt = caption.Stamps.CapturedAt };
                camera.OpenIndex = null;
                break;
            case PolicyChange.None or PolicyChange.Ongoing or PolicyChange.Cleared or PolicyChange.ScheduleEnded:
                break;
            default:
                throw new UnreachableException();
        }
    }

    private static BackTestIncident NewIncident(CameraReplay camera, CaptionRecord caption, RuleVerdict verdict) => new()
    {
        CameraId = caption.CameraId,
        OpenedAt = caption.Stamps.CapturedAt,
        Count = camera.Policy.MatchCount,
        Caption = caption.Text,
        CaptionId = caption.Id,
        Span = verdict.Span,
        Why = verdict.Why,
    };

    private sealed class CameraReplay(IncidentPolicy policy)
    {
        public IncidentPolicy Policy { get; } = policy;

        /// <summary>Where the open incident is listed; null without one, or where it is only counted.</summary>
        public int? OpenIndex { get; set; }
    }
}
