namespace Nabla.Tests.Studies;

/// <summary>Workers that share a study, as threads of one process: each has its own view of the folder.</summary>
public sealed class StudyWorkerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TrainAndTest _data = new(SyntheticDigits.Generate(300, seed: 1), SyntheticDigits.Generate(50, seed: 2), "drawn");

    public void Dispose() => _folder.Dispose();

    private static Study Small(string more, int epochs = 4, double lease = 60) => Study.Parse($$"""
        {
          "recipe": { "name": "x", "layers": [{ "type": "dense", "units": 20, "activation": "ReLU" }, { "type": "dense", "units": 10 }], "training": { "epochs": {{epochs}}, "batchSize": 50 } },
          "leaseSeconds": {{lease}}, {{more}}
        }
        """, "study");

    private StudyFolder Join(string name, Study study) => StudyFolder.Join(_folder[name], study);

    [Fact]
    public void Each_run_is_trained_once_by_one_of_several_and_to_the_bits_of_its_recipe()
    {
        Study study = Small("""
            "vary": { "optimizer.learningRate": [0.001, 0.01] }, "seeds": 4
            """);
        List<StudyNotice> notices = [];
        Thread[] threads = [.. Enumerable.Range(0, 3).Select(part => new Thread(() =>
        {
            StudyWorker worker = new(Join("study", study), _data) { Part = new StudyPart(part, 3), Threads = 1 };
            worker.Noticed += notice =>
            {
                lock (notices)
                {
                    notices.Add(notice);
                }
            };
            Assert.True(worker.Run());
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.Equal(study.Runs.Select(run => run.Name), notices.Where(notice => notice.Event == StudyEvent.Done).Select(notice => notice.Run.Name).Order(StringComparer.Ordinal));
        StudyFolder folder = StudyFolder.Open(_folder["study"]);
        foreach (RunStatus run in folder.Read())
        {
            Assert.Equal((RunState.Done, 4, 1), (run.State, run.Epoch, run.Claims));
            Network own = run.Run.Recipe.Train(_data), trained = Network.Load(Path.Combine(folder.PathOf(run.Run), StudyFolder.ModelName));
            Assert.Equal(own.Parameters.ToArray(), trained.Parameters.ToArray());
            Assert.Equal(own.Training!.ValidationAccuracy, run.Measure);
        }
        // Nothing is left but what says who did what.
        Assert.Empty(Directory.GetFiles(_folder["study/work"], "*.safetensors", SearchOption.AllDirectories));
        Assert.Empty(Directory.GetFileSystemEntries(_folder["study"], "*.partial", SearchOption.AllDirectories));
    }

    [Fact]
    public void A_run_that_is_given_back_goes_on_elsewhere_to_the_same_bits()
    {
        Study study = Small("\"seeds\": 1", epochs: 6);
        using (CancellationTokenSource atOnce = new())
        {
            // Before its first step.
            StudyWorker hurried = new(Join("study", study), _data);
            hurried.Noticed += _ => atOnce.Cancel();
            Assert.False(hurried.Run(atOnce.Token));
        }
        for (int worker = 0; worker < 3; worker++)
        {
            using CancellationTokenSource stop = new();
            StudyWorker stopped = new(Join("study", study), _data) { Threads = 1 };
            int steps = 0;
            stopped.StepCompleted += (_, _) =>
            {
                if (++steps == 9)
                {
                    stop.Cancel();
                }
            };
            Assert.False(stopped.Run(stop.Token));
            Assert.Equal(RunState.Preempted, Join("study", study).Read()[0].State);
        }
        int left = 0;
        StudyWorker last = new(Join("study", study), _data) { Threads = 2 };
        last.StepCompleted += (_, _) => left++;
        Assert.True(last.Run());
        // 270 samples in steps of 50.
        Assert.Equal(6 * 6 - 3 * 9, left);
        AssertBits("study", study);
        Assert.Equal((5, 6), (Join("study", study).Read()[0].Claims, Join("study", study).Read()[0].Epoch));
    }

    /// <summary>It sleeps beyond its lease while another finishes, wakes up, and finds that it is no longer asked.</summary>
    [Fact]
    public void A_slow_owner_loses_its_run_and_nothing_that_it_wrote_counts()
    {
        Study study = Small("\"seeds\": 1", lease: 0.5);
        StudyRun run = study.Runs[0];
        StudyFolder folder = Join("study", study);
        RunClaims claims = folder.ClaimsOf(run);
        // An owner that shows no sign of life: it has claimed, and sleeps.
        Assert.True(claims.TryClaim(1));
        List<StudyNotice> notices = [];
        StudyWorker other = new(Join("study", study), _data);
        other.Noticed += notices.Add;
        Assert.True(other.Run());
        Assert.Equal([StudyEvent.TakenOver, StudyEvent.Done], notices.Select(notice => notice.Event));
        byte[] result = File.ReadAllBytes(Path.Combine(folder.PathOf(run), StudyFolder.ResultName));

        // It wakes up, with a result of its own to publish.
        string prepared = Directory.CreateDirectory(claims.ResultOf(1)).FullName;
        File.WriteAllText(Path.Combine(prepared, StudyFolder.ResultName), "something else");
        Assert.False(folder.TryPublish(run, prepared));
        using RunClaim late = new(claims, 1, study.Lease, () => folder.IsPublished(run));
        Assert.False(late.IsOurs());
        Assert.Equal(result, File.ReadAllBytes(Path.Combine(folder.PathOf(run), StudyFolder.ResultName)));
        Assert.True(new StudyWorker(Join("study", study), _data).Run());
        AssertBits("study", study);
    }

    /// <summary>The worker itself is slow: it hangs in a step, signs of life included, until another has taken its run.</summary>
    [Fact]
    public void A_worker_that_wakes_up_after_its_run_was_taken_over_leaves_it()
    {
        Study study = Small("\"seeds\": 1", epochs: 40, lease: 0.5);
        StudyRun run = study.Runs[0];
        RunClaims claims = Join("study", study).ClaimsOf(run);
        List<StudyNotice> notices = [];
        StudyWorker slow = new(Join("study", study), _data) { CheckpointInterval = TimeSpan.Zero };
        using CancellationTokenSource stop = new();
        slow.Noticed += notice =>
        {
            notices.Add(notice);
            if (notice.Event == StudyEvent.Lost)
            {
                stop.Cancel();
            }
        };
        int steps = 0;
        slow.StepCompleted += (_, _) =>
        {
            if (++steps == 10)
            {
                Assert.True(claims.TryClaim(2));
            }
        };
        Assert.False(slow.Run(stop.Token));
        Assert.Equal([StudyEvent.Taken, StudyEvent.Lost], notices.Select(notice => notice.Event));
        Assert.False(Join("study", study).IsPublished(run));
        Assert.Equal((2, RunState.Running), (claims.Newest(), Join("study", study).Read()[0].State));
        // Who has it now died, too; the next goes on from the checkpoint of the first.
        int left = 0;
        StudyWorker last = new(Join("study", study), _data);
        last.StepCompleted += (_, _) => left++;
        Assert.True(last.Run());
        Assert.InRange(left, 1, 40 * 6 - 10);
        AssertBits("study", study);
    }

    [Fact]
    public void A_damaged_checkpoint_is_passed_over_for_the_one_before()
    {
        Study study = Small("\"seeds\": 1");
        RunClaims claims = Join("study", study).ClaimsOf(study.Runs[0]);
        using CancellationTokenSource stop = new();
        StudyWorker first = new(Join("study", study), _data);
        int steps = 0;
        first.StepCompleted += (_, _) =>
        {
            if (++steps == 10)
            {
                stop.Cancel();
            }
        };
        Assert.False(first.Run(stop.Token));
        claims.TryClaim(2);
        byte[] checkpoint = File.ReadAllBytes(claims.CheckpointOf(1));
        File.WriteAllBytes(claims.CheckpointOf(2), checkpoint[..^100]);
        claims.Release(2);
        Assert.Equal(claims.CheckpointOf(1), claims.NewestCheckpoint(2)!.Value.Path);
        StudyWorker last = new(Join("study", study), _data);
        last.StepCompleted += (_, _) => steps++;
        Assert.True(last.Run());
        Assert.Equal(4 * 6, steps);
        AssertBits("study", study);
    }

    [Theory]
    [InlineData("halving")]
    [InlineData("asha")]
    public void Rungs_end_hopeless_runs_and_the_others_have_their_bits(string rule)
    {
        Study study = Small($$"""
            "vary": { "optimizer.learningRate": [1e-7, 1e-6, 0.01, 1e-5, 1e-4, 0.001] }, "rule": { "type": "{{rule}}", "epochs": 1, "factor": 2 }
            """, epochs: 5);
        Thread[] threads = [.. Enumerable.Range(0, 2).Select(part => new Thread(() => Assert.True(new StudyWorker(Join("study", study), _data) { Part = new StudyPart(part, 2), Threads = 1 }.Run())))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        IReadOnlyList<RunStatus> runs = Join("study", study).Read();
        Assert.All(runs, run => Assert.True(run.IsEnded));
        Assert.Equal(RunState.Done, runs[2].State);
        Assert.Equal(5, runs[2].Epochs.Count);
        AssertBits("study", study, run: 2);
        Assert.Contains(runs, run => run.State == RunState.StoppedEarly && run.Epoch == 1);
        if (rule == "halving")
        {
            // Six, then three, then one: whoever was faster. By hand: the best of the first epochs of each whole training, between equals the first.
            double[][] accuracies = [.. study.Runs.Select(run => run.Recipe.Prepare(_data).Fit().Epochs.Select(epoch => epoch.ValidationAccuracy!.Value).ToArray())];
            int[] second = [.. Enumerable.Range(0, 6).OrderByDescending(run => accuracies[run][0]).ThenBy(run => run).Take(3)];
            int last = second.OrderByDescending(run => accuracies[run][..2].Max()).ThenBy(run => run).First();
            Assert.Equal(Enumerable.Range(0, 6).Select(run => run == last ? 5 : second.Contains(run) ? 2 : 1), runs.Select(run => run.Epochs.Count));
            Assert.Single(runs, run => run.State == RunState.Done);
        }
        Assert.Equal(study.Best(runs), runs[2]);
    }

    [Fact]
    public void A_run_that_kills_its_processes_fails_and_is_tried_again_only_when_asked()
    {
        Study study = Small("\"seeds\": 2", lease: 0.5);
        RunClaims claims = Join("study", study).ClaimsOf(study.Runs[0]);
        for (int number = 1; number <= 5; number++)
        {
            claims.TryClaim(number);
        }
        Assert.True(new StudyWorker(Join("study", study), _data).Run());
        IReadOnlyList<RunStatus> runs = Join("study", study).Read();
        Assert.Equal([RunState.Failed, RunState.Done], runs.Select(run => run.State));
        Assert.Contains("5 processes in a row died", runs[0].Message, StringComparison.Ordinal);
        Assert.True(new StudyWorker(Join("study", study), _data).Run());
        Assert.Equal(RunState.Failed, Join("study", study).Read()[0].State);
        Assert.True(new StudyWorker(Join("study", study), _data) { RetriesFailed = true }.Run());
        Assert.Equal([RunState.Done, RunState.Done], Join("study", study).Read().Select(run => run.State));
        AssertBits("study", study);
    }

    [Fact]
    public void A_run_that_diverges_or_does_not_fit_is_written_down_and_the_others_go_on()
    {
        Study study = Small("""
            "combinations": [{ "optimizer": { "type": "sgd", "learningRate": 1e30 } }, { "training.batchSize": 10 }, { "layers[1].units": 3, "loss": { "type": "softmax-cross-entropy", "classWeights": [1, 2] } }]
            """);
        Assert.True(new StudyWorker(Join("study", study), _data).Run());
        IReadOnlyList<RunStatus> runs = Join("study", study).Read();
        Assert.Equal([RunState.Diverged, RunState.Done, RunState.Failed], runs.Select(run => run.State));
        Assert.Contains("smaller learning rate", runs[0].Message, StringComparison.Ordinal);
        Assert.NotNull(runs[2].Message);
    }

    [Fact]
    public void Others_data_and_others_studies_are_refused()
    {
        Study study = Small("\"seeds\": 2");
        Join("study", study);
        Assert.Contains("another study", Assert.Throws<ArgumentException>(() => Join("study", Small("\"seeds\": 3"))).Message, StringComparison.Ordinal);
        Assert.True(new StudyWorker(Join("study", study), _data).Run());
        TrainAndTest other = _data with { Train = SyntheticDigits.Generate(300, seed: 9) };
        Assert.Contains("begun with other data", Assert.Throws<ArgumentException>(() => new StudyWorker(Join("study", study), other).Run()).Message, StringComparison.Ordinal);
        Directory.CreateDirectory(_folder["full"]);
        File.WriteAllText(_folder["full/thesis.txt"], "");
        Assert.Contains("is no study", Assert.Throws<IOException>(() => Join("full", study)).Message, StringComparison.Ordinal);
        Assert.Contains("has no study.json", Assert.Throws<FileNotFoundException>(() => StudyFolder.Open(_folder["full"])).Message, StringComparison.Ordinal);
        Directory.CreateDirectory(_folder["empty"]);
        Join("empty", study);
    }

    [Fact]
    public void Of_several_who_begin_a_study_at_once_one_makes_the_folder()
    {
        Study[] studies = [Small("\"seeds\": 1"), Small("\"seeds\": 2")];
        for (int i = 0; i < 20; i++)
        {
            string name = $"study{i}";
            using Barrier start = new(6);
            int joined = 0, refused = 0;
            Thread[] threads = [.. Enumerable.Range(0, 6).Select(thread => new Thread(() =>
            {
                start.SignalAndWait();
                try
                {
                    Join(name, studies[thread % 2]);
                    Interlocked.Increment(ref joined);
                }
                catch (ArgumentException)
                {
                    Interlocked.Increment(ref refused);
                }
            }))];
            Array.ForEach(threads, thread => thread.Start());
            Array.ForEach(threads, thread => thread.Join());
            Assert.Equal((3, 3), (joined, refused));
        }
        Assert.DoesNotContain(Directory.GetDirectories(_folder.FullName), path => path.EndsWith(".partial", StringComparison.Ordinal));
    }

    private void AssertBits(string name, Study study, int run = 0) => Assert.Equal(
        study.Runs[run].Recipe.Train(_data).Parameters.ToArray(),
        Network.Load(Path.Combine(Join(name, study).PathOf(study.Runs[run]), StudyFolder.ModelName)).Parameters.ToArray());
}
