package io.weir.loop;

import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** The few calls to the kernel about file descriptors that neither Java nor Netty has. Linux only. */
public final class Descriptors {
    // From fcntl(2), as all of Linux's platforms that Netty has libraries for number them.
    private static final int F_GETFL = 3;
    private static final int F_SETFL = 4;
    private static final int O_NONBLOCK = 04000;
    private static final int O_CLOEXEC = 02000000;

    private static final String ERRNO = "errno";

    private static final MethodHandle DUP3 = function("dup3");
    private static final MethodHandle FCNTL = function("fcntl", Linker.Option.firstVariadicArg(2));

    private Descriptors() {}

    @SuppressWarnings("restricted") // Netty needs native access as well
    private static MethodHandle function(String name, Linker.Option... more) {
        Linker linker = Linker.nativeLinker();
        Linker.Option[] options = java.util.Arrays.copyOf(more, more.length + 1);
        options[more.length] = Linker.Option.captureCallState(ERRNO);
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow(name),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT),
                options);
    }

    /**
     * Has descriptor {@code to} stand for what {@code from} stands for, instead of what it has stood for until now; {@code from} is closed.
     * Nothing may be going on at {@code to}.
     */
    public static void replace(int to, int from) throws IOException {
        call("dup3", DUP3, from, to, O_CLOEXEC);
        new FileDescriptor(from).close();
    }

    /** Calls that would wait return at once instead, as event loops need it. It holds in every process that has the socket. */
    public static void neverWait(int descriptor) throws IOException {
        int flags = call("fcntl", FCNTL, descriptor, F_GETFL, 0);
        if ((flags & O_NONBLOCK) == 0) {
            call("fcntl", FCNTL, descriptor, F_SETFL, flags | O_NONBLOCK);
        }
    }

    private static int call(String name, MethodHandle function, int first, int second, int third) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(Linker.Option.captureStateLayout());
            int result = (int) function.invokeExact(state, first, second, third);
            if (result < 0) {
                throw new IOException(name + " failed with errno " + state.get(ValueLayout.JAVA_INT, 0)); // errno is all of the state
            }
            return result;
        } catch (IOException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
