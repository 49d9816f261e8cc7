namespace Nabla;

/// <summary>
/// When hopeless runs of a study end early: after so many epochs, and after each <see cref="Factor"/> times as many, a run pauses at a rung, and
/// only the best share of those there goes on.
/// </summary>
/// <param name="Kind">How that is decided.</param>
/// <param name="Epochs">Epochs up to the first rung, at least 1.</param>
/// <param name="Factor">One of so many goes on, and to so many times the epochs; at least 2.</param>
public sealed record StudyRule(StudyRuleKind Kind, int Epochs = 1, int Factor = 3)
{
    /// <summary>Epochs after which a run pauses: those of the rungs that are before its end.</summary>
    /// <param name="epochs">Epochs of the whole training.</param>
    public IReadOnlyList<int> RungsBefore(int epochs)
    {
        List<int> rungs = [];
        for (long rung = Epochs; rung < epochs; rung *= Factor)
        {
            rungs.Add((int)rung);
        }
        return rungs;
    }
}

/// <summary>How a study decides which runs go on.</summary>
public enum StudyRuleKind
{
    /// <summary>
    /// When all runs of a rung are there, so that the result does not depend on who was faster: K. Jamieson and A. Talwalkar, "Non-stochastic best arm identification and hyperparameter
    /// optimization", AISTATS 2016.
    /// </summary>
    Halving,

    /// <summary>Whenever a run is among the best of those that are at its rung by now, so that nobody waits: L. Li et al., "A system for massively parallel hyperparameter tuning", MLSys 2020.</summary>
    Asha,
}

/// <summary>By what the runs of a study are compared, always on validation samples, of the epoch whose weights are kept.</summary>
public enum StudyMeasure
{
    /// <summary>The share of the validation samples that is recognised: the greater the better.</summary>
    ValidationAccuracy,

    /// <summary>The mean loss over the validation samples: the smaller the better.</summary>
    ValidationLoss,
}
