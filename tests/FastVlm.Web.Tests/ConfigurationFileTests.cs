using System.Net;
using FastVlm.Pipeline.Configuration;
using FastVlm.TestKit;
using FastVlm.Web.Files;

namespace FastVlm.Web.Tests;

public sealed class ConfigurationFileTests
{
    private const string Good =
        """
        cameras:
          - name: Line 3
            url: rtsp://10.0.0.5/a
            tags: [line, "3"]
            sampling: { ratePerSecond: 0.5, preRollSeconds: 4 }
            schedule:
              timeZone: Europe/Berlin
              shifts:
                - { days: [monday], from: 06:00, to: 14:00 }
        rules:
          - name: Part dropped
            expression: part dropped
            cameras: { ids: [line 3] }
        """;

    [Fact]
    public async Task A_file_is_applied_followed_and_its_last_good_state_kept()
    {
        await using var web = await WebFixture.StartAsync();
        using var folder = new TempDirectory();
        var path = folder.File("fastvlm.yaml");
        using var stop = new CancellationTokenSource();
        await WriteAsync(path, Good);
        var file = new ConfigurationFile(path, web.Desk, web.Health, web.Clock, web.Log);
        await file.ApplyAsync(CancellationToken.None);
        Assert.Equal(EntryOrigin.File, web.Desk.Cameras.List().Single().Origin);
        var running = file.RunAsync(stop.Token);

        await WriteAsync(path, Good.Replace("ratePerSecond: 0.5", "ratePerSecond: 99", StringComparison.Ordinal));
        await LookAsync(web, 2);
        var problem = web.Health.Problems.Single();
        Assert.Contains("line 5, column 17 ($.cameras[0].sampling.ratePerSecond)", problem, StringComparison.Ordinal);
        Assert.Contains(problem, (string?)(await web.GetAsync("/api/health")).Body!["problems"]![0], StringComparison.Ordinal);
        Assert.Equal(0.5, web.Desk.Cameras.List().Single().Spec.Sampling.RatePerSecond);

        await WriteAsync(path, Good.Replace("ratePerSecond: 0.5", "ratePerSecond: 2", StringComparison.Ordinal));
        await LookAsync(web, 2);
        Assert.Empty(web.Health.Problems);
        Assert.Equal(2, web.Desk.Cameras.List().Single().Spec.Sampling.RatePerSecond);

        File.Delete(path);
        await LookAsync(web, 1);
        Assert.Contains("it is gone", web.Health.Problems.Single(), StringComparison.Ordinal);
        Assert.Single(web.Desk.Cameras.List());

        await WriteAsync(path, Good);
        await LookAsync(web, 2);
        Assert.Empty(web.Health.Problems);

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task A_file_that_is_still_being_written_is_not_taken()
    {
        await using var web = await WebFixture.StartAsync();
        using var folder = new TempDirectory();
        var path = folder.File("fastvlm.yaml");
        using var stop = new CancellationTokenSource();
        var running = new ConfigurationFile(path, web.Desk, web.Health, web.Clock, web.Log).RunAsync(stop.Token);
        await LookAsync(web, 1);
        Assert.Empty(web.Health.Problems);

        await WriteAsync(path, Good[..40]);
        await LookAsync(web, 1);
        await WriteAsync(path, Good);
        await LookAsync(web, 1);
        Assert.Empty(web.Store.Saves.Items);
        await LookAsync(web, 1);

        Assert.Single(web.Store.Saves.Items);
        Assert.Empty(web.Health.Problems);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Theory]
    [InlineData("cameras:\n  - nmae: a", "line 2, column 5 ($.cameras[0].nmae)", "did you mean 'name'?")]
    [InlineData("cameras:\n  - name: 5", "line 2, column 5 ($.cameras[0].name)", "text in quotes")]
    [InlineData("cameras:\n  - enabled: yes", "line 2, column 5", "true or false")]
    [InlineData("cameras: [", "line", "no YAML")]
    [InlineData("cameras: []\ncameras: []", "line", "given twice")]
    [InlineData("cameras: !!python/object {}", "line 1", "tag")]
    [InlineData("a: 1\n---\nb: 2", "line 2", "second document")]
    [InlineData("cameras:\n  - prompt: ${FASTVLM_TEST_UNSET}", "line 2, column 5", "'FASTVLM_TEST_UNSET' is not set")]
    public void Faults_are_told_with_line_column_and_path(string text, string place, string words)
    {
        var yaml = YamlText.Parse(text);
        var errors = ConfigurationText.Read(yaml, _ => null).Errors;

        Assert.NotEmpty(errors);
        Assert.Contains(errors, error => $"{yaml.PlaceOf(error.Path)} ({error.Path}): {error.Message}" is var shown
            && shown.StartsWith(place, StringComparison.Ordinal) && shown.Contains(words, StringComparison.Ordinal));
    }

    [Fact]
    public void Aliases_repeat_but_do_not_explode()
    {
        var shared = YamlText.Parse("a: &x { b: 1 }\nc: *x");
        var bomb = string.Join('\n', Enumerable.Range(1, 30).Select(i =>
            $"l{i}: &l{i} [{string.Join(',', Enumerable.Repeat(i == 1 ? "x" : $"*l{i - 1}", 10))}]"));

        Assert.Equal("""{"a":{"b":1},"c":{"b":1}}""", shared.Root!.ToJsonString());
        Assert.Contains("more than", YamlText.Parse(bomb).Errors.Single().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Variables_of_the_environment_stand_within_text()
    {
        var yaml = YamlText.Parse("cameras:\n  - name: a\n    url: rtsp://admin:${PASS}@h/a\n    prompt: $${x} ${PASS}");

        var camera = ConfigurationText.Read(yaml, name => name == "PASS" ? "geheim" : null).Spec.Cameras.Single();

        Assert.Equal("rtsp://admin:geheim@h/a", camera.Url.Reveal());
        Assert.Equal("${x} geheim", camera.Prompt);
    }

    [Fact]
    public async Task An_exported_document_is_the_same_in_YAML_and_JSON_and_changes_nothing_when_it_comes_back()
    {
        await using var web = await WebFixture.StartAsync();
        await web.AddCameraAsync("yes: \"no\" # é\n".Trim(), "rtsp://admin:geheim@10.0.0.5/a?token=abc");
        await web.AddCameraAsync("007");
        await web.PostAsync("/api/webhooks", new { name = "chat", url = "https://hooks.example.com/T0/B0/secret" });
        var saves = web.Store.Saves.Items.Count;

        var json = (await web.GetAsync("/api/configuration")).Body!;
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/configuration") { Headers = { { "Accept", "application/yaml" } } };
        using var response = await web.Client.SendAsync(request, TestContext.Current.CancellationToken);
        var yaml = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        using var content = new StringContent(yaml, null, "application/yaml");
        using var put = await web.Client.PutAsync("/api/configuration", content, TestContext.Current.CancellationToken);

        Assert.Equal(json.ToJsonString(), YamlText.Parse(yaml).Root!.ToJsonString());
        Assert.Equal(HttpStatusCode.OK, put.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await web.SendAsync(HttpMethod.Put, "/api/configuration", json.ToJsonString())).Status);
        Assert.Equal(saves, web.Store.Saves.Items.Count);
        Assert.Equal("geheim", web.Desk.Current.Cameras[0].Spec.Credentials!.Password.Reveal());
    }

    [Fact]
    public async Task The_API_does_not_read_the_environment()
    {
        await using var web = await WebFixture.StartAsync();
        using var content = new StringContent("cameras: [{ name: \"${PATH}\", url: \"rtsp://h/a\" }]", null, "application/yaml");

        using var put = await web.Client.PutAsync("/api/configuration", content, TestContext.Current.CancellationToken);

        Assert.Equal("${PATH}", web.Desk.Cameras.List().Single().Spec.Name);
    }

    private static Task WriteAsync(string path, string text) => File.WriteAllTextAsync(path, text, TestContext.Current.CancellationToken);

    /// <summary>Lets the file be looked at: each ends when the timer for the next is armed.</summary>
    private static async Task LookAsync(WebFixture web, int looks)
    {
        for (var i = 0; i < looks; i++)
        {
            await web.Clock.Timers.WaitForAsync(due => due == ConfigurationFile.LookEvery, "the first wait");
            var armed = web.Clock.Timers.Items.Count;
            web.Clock.Advance(ConfigurationFile.LookEvery);
            await web.Clock.Timers.WaitForAsync(due => due == ConfigurationFile.LookEvery, "the end of the look", armed);
        }
    }
}
