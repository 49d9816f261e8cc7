namespace Nabla.MpiBenchmarks;

/// <summary>
/// How long a step takes on several processes: what is computed for the samples is shared, what is done with the parameters is not, and what processes tell each other is latency and bytes.
/// </summary>
/// <param name="Step">The step.</param>
/// <param name="PerSample">Seconds for a sample on one process.</param>
/// <param name="PerStep">Seconds for what every process does in a step, such as moving the weights.</param>
internal sealed record StepModel(TrainingStep Step, double PerSample, double PerStep)
{
    // Gradients of large layers are exchanged by themselves (GradientExchange.LeastFloats).
    private const int FloatsOfAnExchange = 64 * 1024;

    /// <summary>
    /// Fitted to the times of the step and of one with half the batch: what grows with the batch is the samples', the rest the step's.
    /// </summary>
    public static StepModel Fit(TrainingStep step, double time, double timeOfHalf)
    {
        double perSample = Math.Max(0, time - timeOfHalf) / (step.BatchSize - step.BatchSize / 2);
        return new StepModel(step, perSample, Math.Max(0, time - perSample * step.BatchSize));
    }

    /// <summary>
    /// Seconds of a step: perSample · samples of the process that has most shards + perStep + messages · α · log₂ n + 2 · 4 · parameters · (n − 1) / n / β. Null where there are fewer shards than processes.
    /// </summary>
    /// <param name="processes">n.</param>
    /// <param name="latency">α, seconds of an all-gather of few bytes between two.</param>
    /// <param name="bandwidth">β, bytes a second that a process sends while it receives as many.</param>
    public double? Seconds(int processes, double latency, double bandwidth)
    {
        int shards = Step.Shards;
        if (shards < processes)
        {
            return null;
        }
        double samples = Math.Ceiling((double)shards / processes) / shards * Step.BatchSize;
        int exchanges = Math.Clamp(Step.Parameters / FloatsOfAnExchange, 1, 4);
        double messages = processes == 1 ? 0 : (Step.Gathers + 2 * exchanges) * Math.Log2(processes);
        return PerSample * samples + PerStep + messages * latency + 2.0 * sizeof(float) * Step.Parameters * (processes - 1) / processes / bandwidth;
    }
}
