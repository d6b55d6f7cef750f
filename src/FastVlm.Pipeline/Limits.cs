namespace FastVlm.Pipeline;

/// <summary>
/// Every queue, retry, size and time limit of the frame's path, with its reason. LimitsTests asserts the relations
/// between them.
/// </summary>
public static class Limits
{
    /// <summary>One: a second frame in the slot would only be older.</summary>
    public const int FramesInSlotMax = 1;

    /// <summary>
    /// Frames that wait for one model. Each camera has at most one in flight, so a queue for every camera is fair: first
    /// come, first served, and a frame that is too old when its turn comes is refused.
    /// </summary>
    public const int InferenceQueueLengthMax = CamerasMax;

    /// <summary>A caption is a sentence or two; a longer answer is kept, but rules read only this much of it.</summary>
    public const int RuleTextCharsMax = 8 * 1024;

    /// <summary>The Standard Webhooks specification asks receivers to answer within 15 to 30 s.</summary>
    public static readonly TimeSpan WebhookTimeout = TimeSpan.FromSeconds(15);

    /// <summary>Wait before the first restart of a source: cameras that reboot refuse connections for a while.</summary>
    public static readonly TimeSpan FeedRetryFirst = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait between restarts of a source, which go on for ever.</summary>
    public static readonly TimeSpan FeedRetryMax = TimeSpan.FromSeconds(30);

    /// <summary>Share by which waits are shortened at random, so that a switch that reboots does not meet all cameras at once.</summary>
    public const double RetryJitter = 0.2;

    /// <summary>
    /// A live source without a frame for this long has stalled. Below the promised 5 s by a margin for scheduling; above
    /// any key-frame interval in use and the pauses of a lossy network.
    /// </summary>
    public static readonly TimeSpan StallAfter = TimeSpan.FromSeconds(4);

    /// <summary>Periods of a slow source without a frame that count as a stall: one may be late, two in a row are not.</summary>
    public const double StallPeriods = 2.5;

    /// <summary>Waits of a slow source that are remembered: a single long one is forgotten after these.</summary>
    public const int StallWaitsKept = 8;

    /// <summary>Longest key-frame interval that cameras are known to be set to; longer ones must be set in the camera.</summary>
    public static readonly TimeSpan KeyFrameIntervalMax = TimeSpan.FromSeconds(10);

    /// <summary>Opening takes longer: name look-up, connection, password round trips, then a wait for the next key frame.</summary>
    public static readonly TimeSpan FirstFrameWithin = TimeSpan.FromSeconds(20);

    /// <summary>A source that delivered for this long had recovered: its next failure starts with the shortest wait again.</summary>
    public static readonly TimeSpan FeedStableAfter = TimeSpan.FromSeconds(10);

    /// <summary>A camera without a usable picture for this long is an incident: longer than one restart, short for a plant.</summary>
    public static readonly TimeSpan CameraDownAfter = TimeSpan.FromSeconds(15);

    /// <summary>A camera that gave pictures for this long is up again.</summary>
    public static readonly TimeSpan CameraUpAfter = TimeSpan.FromSeconds(10);

    /// <summary>A frame older than this when the model is ready describes the past; a newer one is on its way.</summary>
    public static readonly TimeSpan FrameAgeMax = TimeSpan.FromSeconds(5);

    /// <summary>Entries that wait for a store that fails: 40 s of 200 cameras at one caption per second, about 10 MB.</summary>
    public const int JournalBacklogMax = 8192;

    /// <summary>Of these, openings and clearings of incidents, which are never dropped: with their pictures 300 kB each.</summary>
    public const int JournalBacklogEventsMax = 1024;

    /// <summary>Wait before a failed store is tried again: a lock is gone soon.</summary>
    public static readonly TimeSpan JournalRetryFirst = TimeSpan.FromSeconds(0.5);

    /// <summary>Longest wait between tries: somebody has to make room on a disk, and wants to see that it helped.</summary>
    public static readonly TimeSpan JournalRetryMax = TimeSpan.FromSeconds(10);

    /// <summary>JPEG quality of evidence: artefacts must not be mistaken for what was seen.</summary>
    public const int EvidenceQuality = 85;

    /// <summary>Pictures before the triggering one that evidence shows: enough to follow a movement, few enough to keep.</summary>
    public const int PreRollPicturesMax = 6;

    /// <summary>
    /// Captioned frames kept per camera for people who look on: a browser asks for the picture a moment after its caption.
    /// With scene changes a camera may have three captions a second; a frame of 480 px has 0.4 MB.
    /// </summary>
    public const int RecentPicturesMax = 8;

    /// <summary>Looks from which the model's figures are taken: enough for a 95th percentile, few enough to follow a change.</summary>
    public const int FiguresWindow = 512;

    /// <summary>How often cameras are judged down or up: well below the limits they are judged by.</summary>
    public static readonly TimeSpan CameraWatchPeriod = TimeSpan.FromSeconds(1);

    /// <summary>Two pictures a second show what happened; more show the same again.</summary>
    public static readonly TimeSpan PreRollPeriodMin = TimeSpan.FromSeconds(0.5);

    /// <summary>Beyond the asked-for reach, because a frame's pre-roll is fetched when its caption is there.</summary>
    public static readonly TimeSpan PreRollLag = TimeSpan.FromSeconds(10);

    /// <summary>Per camera: 18 frames of 1024 × 576 px, or all of 192 × 108 px that 10 s need and more.</summary>
    public const long PreRollBytesMax = 32L * 1024 * 1024;

    /// <summary>A picture that moves all the time is looked at no more often than this besides the rate.</summary>
    public static readonly TimeSpan SceneChangePeriodMin = TimeSpan.FromSeconds(0.5);

    /// <summary>A new picture is only learned from for this long: a few rounds of most machines.</summary>
    public static readonly TimeSpan SceneLearning = TimeSpan.FromSeconds(10);

    /// <summary>What goes on for this long becomes usual; what happens is shorter.</summary>
    public static readonly TimeSpan SceneLearnTime = TimeSpan.FromSeconds(0.7);

    /// <summary>What was usual is forgotten in about this time: longer than a machine's round, shorter than between mishaps.</summary>
    public static readonly TimeSpan SceneForgetTime = TimeSpan.FromSeconds(30);

    /// <summary>A black picture for shorter than this may be a lamp that is switched, or a camera that changes to its night mode.</summary>
    public static readonly TimeSpan BlackAfter = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Longest loop of pictures that is recognised: 12 s at five frames per second. Devices that hang repeat a buffer of a few
    /// seconds; comparing with more history costs time with every frame.
    /// </summary>
    public const int RepeatPeriodFramesMax = 64;

    /// <summary>Names stand in lists, titles and chat messages.</summary>
    public const int NameCharsMax = 80;

    /// <summary>A prompt shares the model's context with the picture and the answer.</summary>
    public const int PromptCharsMax = 2000;

    /// <summary>Tags per camera.</summary>
    public const int TagsMax = 32;

    /// <summary>An expression is written by hand.</summary>
    public const int RuleExpressionCharsMax = 2000;

    /// <summary>Terms of one expression: more alternatives than a person keeps apart.</summary>
    public const int RuleTermsMax = 64;

    /// <summary>Levels of parentheses and "not" in one expression.</summary>
    public const int RuleDepthMax = 32;

    /// <summary>Positions of a regular expression with its repetitions written out: bounds the time per character of a caption.</summary>
    public const int RuleRegexSizeMax = 1000;

    /// <summary>Back-tests at once: each reads the store and keeps a core busy.</summary>
    public const int BackTestsRunningMax = 4;

    /// <summary>Incidents that a back-test lists: a rule that fires more often is wrong anyhow.</summary>
    public const int BackTestIncidentsMax = 200;

    /// <summary>Finished back-tests that stay readable.</summary>
    public const int BackTestsKeptMax = 50;

    /// <summary>For as long as somebody may look at the page.</summary>
    public static readonly TimeSpan BackTestKeptFor = TimeSpan.FromHours(1);

    /// <summary>Captions between two reports of progress: some milliseconds of work.</summary>
    public const int BackTestProgressEvery = 500;

    /// <summary>A question is one sentence; longer ones cost prefill time with every look.</summary>
    public const int QuestionCharsMax = 300;

    /// <summary>Rules that may watch one camera: 10 times what a line needs, and cheap beside one caption (docs/benchmarks.md).</summary>
    public const int RulesPerCameraMax = 256;

    /// <summary>Question rules of one camera: each costs a forward step with every look.</summary>
    public const int QuestionsPerCameraMax = 16;

    /// <summary>Cameras of one installation in one process; a cluster has more.</summary>
    public const int CamerasMax = 1000;

    public const int RulesMax = 2000;

    public const int EndpointsMax = 100;

    /// <summary>Rows of one page of the API.</summary>
    public const int PageLengthMax = 1000;

    /// <summary>Below the 20 kB that Standard Webhooks recommends.</summary>
    public const int WebhookPayloadBytesMax = 20_000;

    /// <summary>Enough of a receiver's answer to see its complaint.</summary>
    public const int WebhookResponseCharsMax = 1024;

    /// <summary>As long as browsers and most servers take.</summary>
    public const int UrlCharsMax = 2048;

    /// <summary>User names and passwords of cameras.</summary>
    public const int CredentialCharsMax = 256;

    /// <summary>A tag is a word or two.</summary>
    public const int TagCharsMax = 40;

    /// <summary>Masks of one camera; each costs a fill of the picture.</summary>
    public const int PrivacyMasksMax = 32;

    /// <summary>Corners of a privacy mask.</summary>
    public const int MaskPointsMax = 32;

    /// <summary>Notes of people.</summary>
    public const int NoteCharsMax = 1000;

    /// <summary>The present signing secret and the one that it replaces.</summary>
    public const int WebhookSecretsMax = 2;

    /// <summary>
    /// Events kept for browsers that reconnect: some 20 s of 200 cameras at one caption per second, minutes of a small plant.
    /// </summary>
    public const int LiveEventsKeptMax = 4096;

    /// <summary>Events that wait for one slow browser; then the oldest is dropped. Several seconds of a busy wall, below 2 MB.</summary>
    public const int LiveSubscriberQueueMax = 1024;

    /// <summary>Events of one message to a browser, so that a slow one gets it in parts.</summary>
    public const int LiveBatchMax = 256;

    /// <summary>Pictures that a message links to: the trigger and the seconds before; the incident's page has them all.</summary>
    public const int WebhookPicturesMax = 10;

    /// <summary>Held-back alerts whose evidence is kept for their message; a few kB each.</summary>
    public const int HeldBackEvidenceMax = 1000;

    /// <summary>
    /// Waits between the tries of a delivery: ten tries over 75.6 h, which bridge a weekend without the receiver. The waits
    /// of the Standard Webhooks specification.
    /// </summary>
    public static readonly IReadOnlyList<TimeSpan> WebhookRetryWaits =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5),
        TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24),
    ];

    /// <summary>Share by which those waits are longer or shorter at random.</summary>
    public const double WebhookRetryJitter = 0.1;

    /// <summary>Longest time that a receiver may ask for (Retry-After): no longer than the longest wait of our own.</summary>
    public static readonly TimeSpan WebhookRetryAfterMax = TimeSpan.FromHours(24);

    /// <summary>Tries under way at one endpoint: enough for 4 slow answers at a time, few enough not to flood a receiver.</summary>
    public const int WebhooksInFlightMax = 4;

    /// <summary>How often an idle endpoint's deliveries are looked for without a call; a call wakes it at once.</summary>
    public static readonly TimeSpan OutboxPollPeriod = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a lease on an endpoint lasts by the store's clock. A process that is known to be dead loses it at once; one
    /// that is cut off must have stopped by then.
    /// </summary>
    public static readonly TimeSpan EndpointLease = TimeSpan.FromSeconds(20);

    /// <summary>Between renewals: three may fail before the lease counts as lost.</summary>
    public static readonly TimeSpan EndpointLeaseRenewal = TimeSpan.FromSeconds(3);

    /// <summary>
    /// A lease that was renewed longer ago counts as lost. Noticed at the latest one renewal and its time-out later; what is
    /// under way is broken off then, well before <see cref="EndpointLease"/> is over.
    /// </summary>
    public static readonly TimeSpan EndpointLeaseTrusted = TimeSpan.FromSeconds(10);

    /// <summary>Failed tries in a row after which an endpoint is down: one may be chance, two a restart of the receiver.</summary>
    public const int EndpointDownAfterFailures = 3;

    /// <summary>They must lie this far apart, so that a burst during a short outage is none.</summary>
    public static readonly TimeSpan EndpointDownAfter = TimeSpan.FromMinutes(1);

    /// <summary>Failed tries in a row after which an endpoint is disabled: more than one delivery has in all.</summary>
    public const int EndpointAbandonAfterFailures = 12;

    /// <summary>They must lie this far apart: longer than a long weekend, and than all tries of one delivery.</summary>
    public static readonly TimeSpan EndpointAbandonAfter = TimeSpan.FromDays(5);

    /// <summary>Deliveries that <c>fastvlm watch</c> keeps in memory, waiting or done; the oldest go first.</summary>
    public const int MemoryOutboxLengthMax = 1000;

    /// <summary>First wait before something is asked of a store again that could not take it: a lock is over in less.</summary>
    public static readonly TimeSpan StoreRetryFirst = TimeSpan.FromMilliseconds(200);

    /// <summary>Longest such wait: a disk that was full is used again soon after there is room.</summary>
    public static readonly TimeSpan StoreRetryMax = TimeSpan.FromSeconds(10);
}
