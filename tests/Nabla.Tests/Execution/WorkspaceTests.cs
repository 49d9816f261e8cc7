namespace Nabla.Tests.Execution;

public sealed class WorkspaceTests
{
    private readonly Network _network = Network.Create([3], Layer.Dense(5), Layer.Dense(2));

    [Fact]
    public void Holds_what_it_says()
    {
        Workspace workspace = new(_network, 4, training: true, threads: 2);
        Assert.Equal((4, 2), (workspace.Rows, workspace.Threads));
        Assert.Equal((12, 8, 8, 32), (workspace.Input.Length, workspace.Output.Length, workspace.OutputGradient.Length, workspace.Gradient.Length));
    }

    [Fact]
    public void Serves_only_its_own_network_and_as_many_samples_as_it_holds()
    {
        Workspace workspace = new(_network, 4, training: false);
        Network other = Network.Create([3], Layer.Dense(5), Layer.Dense(2));
        Assert.Equal("This workspace was made for another network.", Assert.Throws<ArgumentException>(() => other.Forward(workspace, 1)).Message);
        Assert.Equal("This workspace holds 1 to 4 samples, not 5.", Assert.Throws<ArgumentException>(() => _network.Forward(workspace, 5)).Message);
        Assert.Throws<ArgumentException>(() => _network.Forward(workspace, 0));
        Assert.Contains("training: false", Assert.Throws<ArgumentException>(() => _network.Backward(workspace, 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_no_samples_and_no_threads()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Workspace(_network, 0, training: false));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Workspace(_network, 1, training: false, threads: 0));
    }

    [Fact]
    public void Refuses_more_than_an_array_holds_with_layer_and_bytes()
    {
        Network network = Network.Create([1], Layer.Dense(100_000), Layer.Dense(2));
        ArgumentException error = Assert.Throws<ArgumentException>(() => new Workspace(network, 30_000, training: false));
        Assert.StartsWith("30,000 samples of dense1 at a time need 12,000,000,000 bytes, expected at most 8,589,934,364;", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_network_takes_no_more_rows_at_once_than_an_array_holds()
    {
        // 28 × 28 × 90,000 numbers for one image: 32 images would be 2.26 thousand million. And always a multiple of 4.
        Assert.Equal(28, Network.Create([28, 28], Layer.Convolution2D(90_000, 1, 1)).Executor.MicroBatch);
        Assert.Equal(32, Network.Create([28, 28], Layer.Convolution2D(80_000, 1, 1)).Executor.MicroBatch);
    }

    [Fact]
    public void A_pass_of_fewer_samples_leaves_the_others_alone()
    {
        _network.Initialize(new NumPyRandom(1));
        Workspace workspace = new(_network, 4, training: true);
        workspace.Input.Fill(1);
        workspace.Output.Fill(77);
        _network.Forward(workspace, 3);
        Assert.False(workspace.Output[..6].Contains(77));
        Assert.Equal([77, 77], workspace.Output[6..].ToArray());
    }
}
