using FastVlm.Pipeline;
using FastVlm.Pipeline.Alerts;
using FastVlm.Pipeline.Incidents;
using FastVlm.Pipeline.Storage;

namespace FastVlm.Storage.Tests;

public sealed class IncidentLogTests() : IncidentLogPromises(Edition.Sqlite)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_id_that_looks_like_a_path_stays_in_the_evidence_folder()
    {
        await using var test = await TestStore.OpenAsync();
        const string Id = "../../outside";

        await test.Store.Journal.AppendAsync(Samples.Opened(Id, Samples.Caption("cap_1"), [1, 2]), Stop);

        Assert.Equal([1, 2], await test.Store.Incidents.ReadPictureAsync(new IncidentId(Id), 0, Stop));
        Assert.Single(Directory.GetFiles(Path.Combine(test.Folder, "evidence"), "*.jpg", SearchOption.AllDirectories));
    }
}

public sealed class PostgresIncidentLogTests() : IncidentLogPromises(Edition.Postgres);

/// <summary>What both stores promise.</summary>
public abstract class IncidentLogPromises(Edition edition)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Finds_by_every_filter_newest_first_in_pages()
    {
        await using var test = await TestStore.OpenAsync(edition);
        await AppendAsync(
            test,
            Samples.Incident("inc_1", at: Samples.Noon),
            Samples.Incident("inc_2", at: Samples.Noon.AddSeconds(1), camera: "cam_2"),
            Samples.Incident("inc_3", at: Samples.Noon.AddSeconds(1), rule: "rule_2"),
            Samples.Incident("inc_4", at: Samples.Noon.AddSeconds(2)) with { Kind = IncidentKind.CameraDown, RuleId = null });
        await AppendAsync(test, Cleared(Samples.Incident("inc_1")));
        var log = test.Store.Incidents;

        Assert.Equal(["inc_4", "inc_3", "inc_2", "inc_1"], Ids(await log.FindAsync(new IncidentQuery(), Stop)));
        Assert.Equal(["inc_3"], Ids(await log.FindAsync(new IncidentQuery { Before = new IncidentId("inc_4"), Limit = 1 }, Stop)));
        Assert.Equal(["inc_1"], Ids(await log.FindAsync(new IncidentQuery { State = IncidentState.Cleared }, Stop)));
        Assert.Equal(["inc_2"], Ids(await log.FindAsync(new IncidentQuery { CameraId = new CameraId("cam_2") }, Stop)));
        Assert.Equal(["inc_3"], Ids(await log.FindAsync(new IncidentQuery { RuleId = new RuleId("rule_2") }, Stop)));
        Assert.Equal(["inc_4"], Ids(await log.FindAsync(new IncidentQuery { Kind = IncidentKind.CameraDown }, Stop)));
        Assert.Equal(["inc_2", "inc_3", "inc_4"], Ids(await log.ListOpenAsync(Stop)));
    }

    [Fact]
    public async Task What_people_wrote_and_what_rules_wrote_leave_each_other_alone()
    {
        await using var test = await TestStore.OpenAsync(edition);
        await test.Store.Journal.AppendAsync(Samples.Opened("inc_1", Samples.Caption("cap_1"), [1, 2]), Stop);
        var opened = Samples.Incident("inc_1");
        var judged = opened with { Verdict = false, VerdictNote = "A shadow.", AcknowledgedBy = "Eve", AcknowledgedAt = Samples.Noon };

        await test.Store.Journal.AppendAsync(Change(IncidentChangeKind.Ongoing, opened with { Count = 7 }), Stop);
        await test.Store.Journal.AppendAsync(Change(IncidentChangeKind.Annotated, judged), Stop);
        await test.Store.Journal.AppendAsync(Change(IncidentChangeKind.Ongoing, opened with { Count = 8 }), Stop);

        Assert.Equal(judged with { Count = 8 }, await test.Store.Incidents.FindAsync(judged.Id, Stop));
        await test.Store.Journal.AppendAsync(Change(IncidentChangeKind.Cleared, Cleared(opened)), Stop);
        var corrected = judged with { Verdict = true, VerdictNote = null };
        await test.Store.Journal.AppendAsync(Change(IncidentChangeKind.Annotated, corrected), Stop);
        Assert.Equal(
            Cleared(opened) with { Verdict = true, AcknowledgedBy = "Eve", AcknowledgedAt = Samples.Noon },
            await test.Store.Incidents.FindAsync(judged.Id, Stop));
        Assert.Equal("abc123", (await test.Store.Incidents.FindEvidenceAsync(judged.Id, Stop))!.ModelFingerprint);
        Assert.Equal([1, 2], await test.Store.Incidents.ReadPictureAsync(judged.Id, 0, Stop));
    }

    [Fact]
    public async Task Last_told_is_the_latest_delivered_opening_of_each_rule_and_camera()
    {
        await using var test = await TestStore.OpenAsync(edition);
        await AppendAsync(test, Samples.Incident("inc_1"), Samples.Incident("inc_2"), Samples.Incident("inc_3", camera: "cam_2"));
        await test.Store.Journal.AppendAsync(
            new StageEntry
            {
                Deliveries =
                [
                    Samples.Delivery("msg_1", "inc_1"), Samples.Delivery("msg_2", "inc_2"),
                    Samples.Delivery("msg_3", "inc_2") with { EventType = "incident.cleared" }, Samples.Delivery("msg_4", "inc_3"),
                ],
            },
            Stop);

        await DeliverAsync(test, "msg_1", "inc_1", Samples.Noon.AddSeconds(1));
        await DeliverAsync(test, "msg_2", "inc_2", Samples.Noon.AddSeconds(2));
        await DeliverAsync(test, "msg_3", "inc_2", Samples.Noon.AddSeconds(3));

        await test.Store.Outbox.ReplayAsync([new DeliveryId("msg_2")], Samples.Noon.AddSeconds(4), Stop);
        await DeliverAsync(test, "msg_2", "inc_2", Samples.Noon.AddSeconds(5));

        // Neither the clearing nor the replay counts.
        Assert.Equal(
            [new LastTold(new RuleId("rule_1"), new CameraId("cam_1"), Samples.Noon.AddSeconds(2))],
            await test.Store.Incidents.ListLastToldAsync(Stop));
    }

    private static Incident Cleared(Incident incident) =>
        incident with { State = IncidentState.Cleared, ClearedAt = incident.OpenedAt.AddMinutes(1) };

    private static IEnumerable<string> Ids(IEnumerable<Incident> incidents) => incidents.Select(i => i.Id.Value);

    private static Task AppendAsync(TestStore test, params Incident[] incidents) => test.Store.Journal.AppendAsync(
        new StageEntry { Changes = [.. incidents.Select(i => new IncidentChange(IncidentChangeKind.Opened, i))] }, Stop);

    private static async Task DeliverAsync(TestStore test, string id, string incident, DateTimeOffset at)
    {
        var delivery = (await test.Store.Outbox.FindAsync(new DeliveryId(id), Stop))!;
        Assert.Equal(incident, delivery.IncidentId?.Value);
        await test.Store.Outbox.RecordAsync(
            Samples.Attempt(id, 1, at),
            delivery with { State = DeliveryState.Delivered, AttemptCount = 1, NextAttemptAt = null, DeliveredAt = at }, Stop);
    }

    private static StageEntry Change(IncidentChangeKind kind, Incident incident) =>
        new() { Changes = [new IncidentChange(kind, incident)] };
}
