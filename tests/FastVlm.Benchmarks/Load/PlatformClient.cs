using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using FastVlm.Pipeline.Configuration;

namespace FastVlm.Benchmarks.Load;

/// <summary>The platform's public API, as far as a load run needs it.</summary>
internal sealed class PlatformClient(Uri address) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = address, Timeout = TimeSpan.FromMinutes(2) };

    /// <summary>Imports cameras, rules and one webhook, all or none.</summary>
    public async Task ConfigureAsync(LoadPlan plan, IReadOnlyList<Uri> rtsp, Uri receiver, CancellationToken cancellationToken)
    {
        var document = new JsonObject
        {
            ["cameras"] = new JsonArray([.. Enumerable.Range(0, plan.Cameras).Select(number => Camera(plan, number, rtsp))]),
            ["rules"] = JsonSerializer.SerializeToNode(LoadRules.Of(plan.Rules).ToList(), PlatformJson.Options),
            ["endpoints"] = new JsonArray(new JsonObject { ["name"] = "Receiver", ["url"] = receiver.AbsoluteUri }),
        };
        using var answer = await _http.PutAsJsonAsync("api/configuration", document, cancellationToken);
        if (!answer.IsSuccessStatusCode)
        {
            var why = await answer.Content.ReadAsStringAsync(cancellationToken);
            throw new InvalidOperationException($"The platform refused the configuration ({(int)answer.StatusCode}): {why}");
        }
    }

    /// <summary>What happened to the frames of all cameras so far, and how many cameras are in which state.</summary>
    public async Task<FrameCounts> ReadCountsAsync(CancellationToken cancellationToken)
    {
        var cameras = await _http.GetFromJsonAsync<JsonArray>("api/cameras", cancellationToken);
        var counts = new FrameCounts();
        foreach (var report in cameras!.Select(camera => camera!["report"]).OfType<JsonObject>())
        {
            counts.AddState((string)report["status"]!["state"]!);
            if (report["counters"] is JsonObject counters) counts.Add(counters);
        }

        return counts;
    }

    public void Dispose() => _http.Dispose();

    private static JsonNode Camera(LoadPlan plan, int number, IReadOnlyList<Uri> rtsp)
    {
        var url = number < plan.SyntheticCameras ? SyntheticSources.UrlOf(number) : rtsp[number - plan.SyntheticCameras].AbsoluteUri;
        var spec = new CameraSpec
        {
            Name = string.Create(CultureInfo.InvariantCulture, $"Camera {number:000}"),
            Url = new CameraUrl(url),
            Prompt = ScriptedModel.PromptOf(number),
            Sampling = new SamplingSpec { RatePerSecond = plan.LooksPerSecond },
        };
        return JsonSerializer.SerializeToNode(spec, PlatformJson.Options)!;
    }
}

/// <summary>Sums over all cameras.</summary>
internal sealed class FrameCounts
{
    public long Read { get; private set; }

    public long Sampled { get; private set; }

    public long Captioned { get; private set; }

    public long Restarts { get; private set; }

    public Dictionary<string, long> Dropped { get; } = [];

    public Dictionary<string, int> States { get; } = [];

    public void AddState(string state) => States[state] = States.GetValueOrDefault(state) + 1;

    public void Add(JsonObject counters)
    {
        Read += (long)counters["framesRead"]!;
        Sampled += (long)counters["framesSampled"]!;
        Captioned += (long)counters["framesCaptioned"]!;
        Restarts += (long)counters["restarts"]!;
        foreach (var (reason, count) in (JsonObject)counters["framesDropped"]!)
        {
            Dropped[reason] = Dropped.GetValueOrDefault(reason) + (long)count!;
        }
    }

    /// <summary>What came after <paramref name="earlier"/>; the states of now.</summary>
    public FrameCounts Since(FrameCounts earlier)
    {
        var difference = new FrameCounts
        {
            Read = Read - earlier.Read,
            Sampled = Sampled - earlier.Sampled,
            Captioned = Captioned - earlier.Captioned,
            Restarts = Restarts - earlier.Restarts,
        };
        foreach (var (reason, count) in Dropped) difference.Dropped[reason] = count - earlier.Dropped.GetValueOrDefault(reason);
        foreach (var (state, count) in States) difference.States[state] = count;
        return difference;
    }
}
