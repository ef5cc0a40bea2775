using System.Collections;
using Branch = Praetor.Core.Mvcc.TreeNode<Praetor.Core.Mvcc.TreeNode>;

namespace Praetor.Core.Mvcc;

/// <summary>An ordered walk over the entries under a prefix. Use in foreach (no allocation but its path), or as an IEnumerable.</summary>
public readonly struct OrderedIndexScan<T> : IEnumerable<KeyValuePair<ReadOnlyMemory<byte>, T>>
{
    private readonly TreeNode _root;
    private readonly byte[] _prefix;
    private readonly byte[] _from;

    internal OrderedIndexScan(TreeNode root, byte[] prefix, byte[] from)
    {
        _root = root;
        _prefix = prefix;
        _from = from;
    }

    /// <summary>Starts the walk.</summary>
    public Enumerator GetEnumerator() => new(_root, _prefix, _from);

    IEnumerator<KeyValuePair<ReadOnlyMemory<byte>, T>> IEnumerable<KeyValuePair<ReadOnlyMemory<byte>, T>>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The walk itself: a stack of positions, one per level.</summary>
    public struct Enumerator : IEnumerator<KeyValuePair<ReadOnlyMemory<byte>, T>>
    {
        // 32^12 keys are more than memory holds; a half-full tree of 12 levels still has 16^12.
        private const int MaxDepth = 16;

        private readonly byte[] _prefix;
        private readonly (Branch Node, int At)[] _path;
        private int _depth;
        private TreeNode<T>? _leaf;
        private int _at;

        internal Enumerator(TreeNode root, byte[] prefix, byte[] from)
        {
            _prefix = prefix;
            _path = root is Branch ? new (Branch, int)[MaxDepth] : [];
            TreeNode node = root;
            while (node is Branch branch)
            {
                int child = branch.ChildFor(from);
                _path[_depth++] = (branch, child);
                node = branch.Items[child];
            }

            _leaf = (TreeNode<T>)node;
            _at = _leaf.Keys.LowerBound(from) - 1;
        }

        /// <summary>The current entry. Its key stays good for ever, and keeps its neighbours' in memory.</summary>
        public readonly KeyValuePair<ReadOnlyMemory<byte>, T> Current => new(_leaf!.Keys.Memory(_at), _leaf.Items[_at]);

        readonly object IEnumerator.Current => Current;

        /// <summary>Moves on; false at the end of the prefix.</summary>
        public bool MoveNext()
        {
            while (_leaf is not null)
            {
                if (++_at < _leaf.Count)
                {
                    if (_leaf.Keys[_at].StartsWith(_prefix))
                        return true;
                    _leaf = null;
                    return false;
                }

                _leaf = NextLeaf();
                _at = -1;
            }

            return false;
        }

        /// <summary>Not supported: take a new walk.</summary>
        public void Reset() => throw new NotSupportedException();

        /// <summary>Nothing to release.</summary>
        public readonly void Dispose()
        {
        }

        private TreeNode<T>? NextLeaf()
        {
            while (_depth > 0)
            {
                ref (Branch Node, int At) top = ref _path[_depth - 1];
                if (++top.At >= top.Node.Count)
                {
                    _depth--;
                    continue;
                }

                TreeNode node = top.Node.Items[top.At];
                while (node is Branch branch)
                {
                    _path[_depth++] = (branch, 0);
                    node = branch.Items[0];
                }

                return (TreeNode<T>)node;
            }

            return null;
        }
    }
}
