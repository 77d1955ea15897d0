package io.heliograph.bench;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.lang.management.CompilationMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.PlatformManagedObject;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/**
 * What a JVM knows of itself, asked from this one over a connection that stays open: a question
 * costs the asked one next to nothing.
 */
final class ServerBeans implements AutoCloseable {
  /** What is only reachable through a reference's queue goes in a second collection. */
  private static final int COLLECTIONS = 2;

  private final JMXConnector connector;
  private final MBeanServerConnection beans;

  private ServerBeans(JMXConnector connector) throws IOException {
    this.connector = connector;
    this.beans = connector.getMBeanServerConnection();
  }

  /** Those of a process of the same user, which needs no options for that. */
  // What answers there is a server that this JVM has started itself, and its address is its own.
  @SuppressWarnings("BanJNDI")
  static ServerBeans of(long pid) throws IOException {
    VirtualMachine machine;
    try {
      machine = VirtualMachine.attach(Long.toString(pid));
    } catch (AttachNotSupportedException e) {
      throw new IllegalStateException("the JVM of process " + pid + " lets nobody ask it", e);
    }
    try {
      return new ServerBeans(
          JMXConnectorFactory.connect(new JMXServiceURL(machine.startLocalManagementAgent())));
    } finally {
      machine.detach();
    }
  }

  Overhead overhead() throws IOException {
    long collectingMillis =
        ManagementFactory.getPlatformMXBeans(beans, GarbageCollectorMXBean.class).stream()
            .mapToLong(GarbageCollectorMXBean::getCollectionTime)
            .sum();
    return new Overhead(collectingMillis, bean(CompilationMXBean.class).getTotalCompilationTime());
  }

  /** Of live objects, after full collections that keep little more from the system. */
  long heapBytes() throws IOException {
    MemoryMXBean memory = bean(MemoryMXBean.class);
    // Both can be set at run time; a full collection then keeps little more than what lives.
    long[] usual = {freeRatio("MinHeapFreeRatio", 5), freeRatio("MaxHeapFreeRatio", 10)};
    for (int collection = 0; collection < COLLECTIONS; collection++) {
      memory.gc();
    }
    freeRatio("MaxHeapFreeRatio", usual[1]);
    freeRatio("MinHeapFreeRatio", usual[0]);
    trimNativeHeap();
    return memory.getHeapMemoryUsage().getUsed();
  }

  private long freeRatio(String option, long percent) throws IOException {
    HotSpotDiagnosticMXBean machine = bean(HotSpotDiagnosticMXBean.class);
    long before = Long.parseLong(machine.getVMOption(option).getValue());
    machine.setVMOption(option, Long.toString(percent));
    return before;
  }

  /** What the compiler took for a while would else be counted as resident until some later day. */
  private void trimNativeHeap() throws IOException {
    try {
      beans.invoke(
          ObjectName.getInstance("com.sun.management:type=DiagnosticCommand"),
          "systemTrimNativeHeap",
          new Object[0],
          new String[0]);
    } catch (JMException e) {
      throw new IllegalStateException(
          "this JVM cannot trim its native heap; use 17.0.9 or later", e);
    }
  }

  private <T extends PlatformManagedObject> T bean(Class<T> type) throws IOException {
    return ManagementFactory.getPlatformMXBean(beans, type);
  }

  @Override
  public void close() throws IOException {
    connector.close();
  }
}
