using FastVlm.Pipeline.Rules;

namespace FastVlm.Pipeline.Configuration;

/// <summary>Decides whether a camera can be used as written. Reports every fault; touches no network.</summary>
public static class CameraSpecValidator
{
    private const double ShareSlack = 1e-9;

    public static IReadOnlyList<SpecError> Validate(CameraSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var faults = new FaultList();
        faults.Line("$.name", "The name", spec.Name, Limits.NameCharsMax);
        CameraUrlRules.Check(spec.Url, faults);
        TagRules.Check("$.tags", spec.Tags, faults);
        CheckCredentials(spec, faults);
        CheckSampling(spec.Sampling, faults);
        faults.Text("$.prompt", "The prompt", spec.Prompt, Limits.PromptCharsMax);
        if (spec.ResolutionPx is { } resolution)
        {
            faults.Range("$.resolutionPx", "The resolution", resolution, (64, 4096), " px");
        }

        faults.Range("$.answerTokensMax", "The longest answer", spec.AnswerTokensMax, (1, 512), " tokens");
        CheckRegion(spec.Region, faults);
        CheckMasks(spec.PrivacyMasks, faults);
        faults.AddAll(spec.Schedule is { } schedule ? ScheduleValidator.Validate(schedule, "$.schedule") : []);
        return faults.Errors;
    }

    private static void CheckCredentials(CameraSpec spec, FaultList faults)
    {
        if (spec.Credentials is not { } credentials)
        {
            return;
        }

        Check("$.credentials.username", "The user name", credentials.Username);
        Check("$.credentials.password", "The password", credentials.Password);
        if (credentials.Username.Reveal().Length == 0)
        {
            faults.Add("$.credentials.username", "A password needs a user name; enter it, or remove the credentials.");
        }

        if (CameraUrlRules.IsLocal(spec.Url.Reveal()))
        {
            faults.Add("$.credentials", "A file or demonstration clip asks for no credentials; remove them.");
        }

        void Check(string path, string what, SecretText secret)
        {
            if (secret.Reveal().Length > Limits.CredentialCharsMax || secret.Reveal().Any(char.IsControl))
            {
                faults.Add(path, $"{what} has control characters or more than {Limits.CredentialCharsMax} characters; enter it again.");
            }
        }
    }

    private static void CheckSampling(SamplingSpec sampling, FaultList faults)
    {
        faults.Above("$.sampling.ratePerSecond", "The rate", sampling.RatePerSecond, (0, 30), " frames per second");
        faults.Above("$.sampling.sceneChangeThreshold", "The threshold for a change of scene", sampling.SceneChangeThreshold, (0, 1));
        faults.Range("$.sampling.freshnessLimitSeconds", "The freshness limit", sampling.FreshnessLimit.TotalSeconds, (0.2, 60), " s");
        faults.Range("$.sampling.preRollSeconds", "The pre-roll", sampling.PreRoll.TotalSeconds, (0, 30), " s");
        var frozen = sampling.FrozenAfter.TotalSeconds;
        if (frozen != 0 && frozen is not (>= 2 and <= 3600))
        {
            faults.Add("$.sampling.frozenAfterSeconds", FormattableString.Invariant(
                $"A picture counts as frozen after {frozen:0.####} s; give 2 to 3600 s, or 0 to switch the test off."));
        }
    }

    private static void CheckRegion(RegionSpec? region, FaultList faults)
    {
        if (region is null)
        {
            return;
        }

        faults.Range("$.region.x", "The region's left edge", region.X, (0, 1));
        faults.Range("$.region.y", "The region's upper edge", region.Y, (0, 1));
        faults.Above("$.region.width", "The region's width", region.Width, (0, 1));
        faults.Above("$.region.height", "The region's height", region.Height, (0, 1));
        if (region.X + region.Width > 1 + ShareSlack || region.Y + region.Height > 1 + ShareSlack)
        {
            faults.Add("$.region", "The region reaches beyond the picture; keep x + width and y + height within 1.");
        }
    }

    private static void CheckMasks(IReadOnlyList<MaskSpec> masks, FaultList faults)
    {
        faults.Count("$.privacyMasks", "privacy masks", masks.Count, Limits.PrivacyMasksMax);
        for (var i = 0; i < masks.Count; i++)
        {
            var points = masks[i].Points;
            if (points.Count is < 3 or > Limits.MaskPointsMax)
            {
                faults.Add($"$.privacyMasks[{i}].points", $"A mask has {points.Count} corners; give 3 to {Limits.MaskPointsMax}.");
            }

            for (var j = 0; j < Math.Min(points.Count, Limits.MaskPointsMax); j++)
            {
                faults.Range($"$.privacyMasks[{i}].points[{j}].x", "A corner's x", points[j].X, (0, 1));
                faults.Range($"$.privacyMasks[{i}].points[{j}].y", "A corner's y", points[j].Y, (0, 1));
            }
        }
    }
}
