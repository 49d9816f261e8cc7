using System.Globalization;
using Nabla.Onnx.Format;

namespace Nabla.Onnx.Import;

/// <summary>The part of a model that its output follows from: nodes, each after those whose outputs it reads, and the numbers that do not depend on the input.</summary>
internal sealed class OnnxGraph
{
    private readonly string _path;
    private readonly Dictionary<string, TensorProto> _initializers = [];
    private readonly Dictionary<string, Constant> _constants = [];
    private readonly Dictionary<string, NodeProto> _producers = [];
    private readonly Dictionary<string, List<NodeProto>> _readers = [];
    private readonly List<NodeProto> _nodes = [];

    public OnnxGraph(string path, ModelProto model, string? output)
    {
        _path = path;
        GraphProto graph = model.Graph;
        foreach (TensorProto tensor in graph.Initializer)
        {
            if (!_initializers.TryAdd(tensor.Name, tensor))
            {
                throw new MalformedFileException(path, $"has two tensors of the name '{tensor.Name}', expected one.");
            }
        }
        HashSet<string> functions = [.. model.Functions.Select(function => function.Name)];
        foreach (NodeProto node in graph.Node)
        {
            if (functions.Contains(node.OpType))
            {
                throw Unsupported(node, "is a function of the model's own", "inline the functions when the model is exported (onnx.inliner.inline_local_functions)");
            }
            foreach (string name in node.Output.Where(name => name.Length > 0))
            {
                if (!_producers.TryAdd(name, node))
                {
                    throw new MalformedFileException(path, $"has two nodes that put out '{name}', expected one.");
                }
            }
        }
        // Files of early versions list their weights among the inputs.
        ValueInfoProto[] inputs = [.. graph.Input.Where(input => !_initializers.ContainsKey(input.Name))];
        Input = inputs.Length == 1
            ? inputs[0]
            : throw new MalformedFileException(path, $"has {inputs.Length} inputs ({string.Join(", ", inputs.Take(5).Select(input => input.Name))}), expected one; a network reads one sample.");
        Output = Choose(graph, output);
        Order(graph);
        foreach (NodeProto node in _nodes)
        {
            foreach (string name in node.Input.Distinct())
            {
                (_readers.TryGetValue(name, out List<NodeProto>? readers) ? readers : _readers[name] = []).Add(node);
            }
        }
    }

    /// <summary>What comes in.</summary>
    public ValueInfoProto Input { get; }

    /// <summary>Name of the value that the network is to put out.</summary>
    public string Output { get; private set; }

    /// <summary>Names of the classes where a node tells them; null where none does.</summary>
    public string[]? ClassNames { get; private set; }

    /// <summary>The nodes that the output follows from, each after those whose outputs it reads.</summary>
    public IReadOnlyList<NodeProto> Nodes => _nodes;

    /// <summary>The nodes that read a value and that the output follows from.</summary>
    public IReadOnlyList<NodeProto> ReadersOf(string value) => _readers.GetValueOrDefault(value) ?? [];

    /// <summary>The only node that reads a value; null where there are several or it is the output.</summary>
    public NodeProto? SoleReaderOf(string value) => value != Output && ReadersOf(value) is [NodeProto only] ? only : null;

    /// <summary>The numbers of a name; null where it depends on the input.</summary>
    public Constant? ConstantOf(string name)
    {
        if (_constants.TryGetValue(name, out Constant? known))
        {
            return known;
        }
        return _initializers.TryGetValue(name, out TensorProto? tensor) ? _constants[name] = Constant.Read(_path, tensor) : null;
    }

    /// <summary>Makes the output of a node known as numbers.</summary>
    public void SetConstant(string name, Constant value) => _constants[name] = value;

    /// <summary>Whether a name stands for numbers, as far as is known by now.</summary>
    public bool IsConstant(string name) => _initializers.ContainsKey(name) || _constants.ContainsKey(name);

    /// <summary>The error for a node that Nabla has no layer for.</summary>
    public MalformedFileException Unsupported(NodeProto node, string found, string help) => new(_path, $"{Describe(node)} {found}; {help}.");

    /// <summary>How messages name a node.</summary>
    public static string Describe(NodeProto node) => $"node '{(node.Name.Length > 0 ? node.Name : node.Output.FirstOrDefault() ?? "")}' ({(node.Domain is "" or "ai.onnx" ? "" : $"{node.Domain}.")}{node.OpType})";

    /// <summary>
    /// The output to take: the one that is named, or the only one; of several, as scikit-learn's converter writes them, the scores and not the label.
    /// </summary>
    private string Choose(GraphProto graph, string? named)
    {
        if (named is not null)
        {
            return _producers.ContainsKey(named)
                ? named
                : throw new MalformedFileException(_path, $"has no value '{named}' that a node puts out; its outputs are {string.Join(", ", graph.Output.Take(10).Select(output => output.Name))}.");
        }
        // Labels are whole numbers or texts; scores are floats, or a list of maps from class to float.
        string[] scores = [.. graph.Output.Where(output => (TensorProto.Types.DataType)(output.Type?.TensorType?.ElemType ?? 0) is TensorProto.Types.DataType.Float or TensorProto.Types.DataType.Undefined
            or TensorProto.Types.DataType.Double or TensorProto.Types.DataType.Float16).Select(output => output.Name)];
        if (scores is not [string only])
        {
            throw new MalformedFileException(_path, $"has {graph.Output.Count} outputs ({string.Join(", ", graph.Output.Take(10).Select(output => output.Name))}), {scores.Length} of them numbers; say which is the network's (--output NAME).");
        }
        // A map from class to score only gives names to a row of numbers.
        if (_producers.TryGetValue(only, out NodeProto? map) && map.OpType == "ZipMap" && map.Input.Count == 1)
        {
            AttributeProto? texts = map.Attribute.FirstOrDefault(attribute => attribute.Name == "classlabels_strings"), numbers = map.Attribute.FirstOrDefault(attribute => attribute.Name == "classlabels_int64s");
            ClassNames = texts is not null ? [.. texts.Strings.Select(text => text.ToStringUtf8())]
                : numbers is not null && !numbers.Ints.SequenceEqual(Enumerable.Range(0, numbers.Ints.Count).Select(i => (long)i)) ? [.. numbers.Ints.Select(number => number.ToString(CultureInfo.InvariantCulture))]
                : null;
            return map.Input[0];
        }
        return only;
    }

    /// <summary>Finds the nodes that the output follows from, in an order in which they can be computed; without recursion, since files can be as deep as they like.</summary>
    private void Order(GraphProto graph)
    {
        Dictionary<object, bool> isDone = new(ReferenceEqualityComparer.Instance);
        Stack<(NodeProto Node, int Next)> path = new();
        if (!_producers.TryGetValue(Output, out NodeProto? last))
        {
            throw new MalformedFileException(_path, $"has the output '{Output}', which no node puts out.");
        }
        Begin(last);
        while (path.TryPop(out (NodeProto Node, int Next) at))
        {
            if (at.Next == at.Node.Input.Count)
            {
                isDone[at.Node] = true;
                _nodes.Add(at.Node);
                continue;
            }
            path.Push((at.Node, at.Next + 1));
            string name = at.Node.Input[at.Next];
            if (name.Length == 0 || name == Input.Name || _initializers.ContainsKey(name))
            {
                continue;
            }
            if (!_producers.TryGetValue(name, out NodeProto? producer))
            {
                throw new MalformedFileException(_path, $"{Describe(at.Node)} reads '{name}', which no node puts out.");
            }
            if (!isDone.TryGetValue(producer, out bool done))
            {
                Begin(producer);
            }
            else if (!done)
            {
                throw new MalformedFileException(_path, $"{Describe(at.Node)} reads '{name}', which depends on what that node puts out; expected a graph without cycles.");
            }
        }
        // The file's own order, which ONNX wants to be such a one, keeps the layers in the order in which people wrote them.
        HashSet<string> known = [.. _initializers.Keys, Input.Name, ""];
        NodeProto[] asWritten = [.. graph.Node.Where(isDone.ContainsKey)];
        if (asWritten.All(node => node.Input.All(known.Contains) && node.Output.All(name => known.Add(name) || name.Length == 0)))
        {
            _nodes.Clear();
            _nodes.AddRange(asWritten);
        }

        void Begin(NodeProto node)
        {
            isDone[node] = false;
            path.Push((node, 0));
        }
    }
}
